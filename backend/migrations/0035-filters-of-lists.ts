import { Migration } from '@mikro-orm/migrations';

/** Lists are asked for names in the filter language: text is folded by the database as `fold` of the contract does it. */
export class FiltersOfLists0035 extends Migration {
  override up(): void {
    // Marks and what is invisible go, cases and letters with strokes become one, blanks are one blank.
    this.addSql(String.raw`
      create function folded(text) returns text language sql immutable strict parallel safe
      return btrim(regexp_replace(normalize(regexp_replace(normalize(replace(replace(replace(translate(
        casefold(regexp_replace(normalize($1, NFKD),
          '[\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\u00AD\u200B-\u200F\u2060-\u2064\uFE00-\uFE0F\uFEFF]', '', 'g')
          collate pg_unicode_fast),
        'łøđðħŧςı', 'loddhtσi'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), NFKD), '[\u0300-\u036F]', '', 'g'), NFC),
        '\s+', ' ', 'g'))`);
    this.addSql('create extension if not exists pg_trgm');
    // A workspace keeps a million messages.
    this.addSql(
      `create index message_words on message using gin (folded(subject) gin_trgm_ops, folded(sender) gin_trgm_ops)`,
    );
    this.addSql(`create index message_of_source on message (source_id, received_at desc, id desc)`);
  }

  override down(): void {
    this.addSql('drop index message_of_source, message_words');
    this.addSql('drop function folded(text)');
  }
}
