import type { MailBlock } from '#platform/mail/index.js';

/** Cuts a text to so many UTF-16 units, never within a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/u, '')}…`;
}

/** A text as one line, without control characters or those that turn the direction of what follows. */
export function line(text: string): string {
  return plain(text).replaceAll(/\s+/gu, ' ').trim();
}

/** A text without control characters but line breaks, and without those that turn the direction of what follows. */
export function plain(text: string): string {
  return text.toWellFormed().replaceAll(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, ' ');
}

/** The address, if a chat or a browser may make a link of it: http(s), and no longer than `most`. */
export function linkOf(address: string | undefined, most: number): string | undefined {
  if (!address || address.length > most || !URL.canParse(address)) return undefined;
  return /^https?:$/.test(new URL(address).protocol) ? address : undefined;
}

/** What a block says, as lines. */
export function linesOf(block: MailBlock): string[] {
  switch (block.type) {
    case 'keyvalues':
      return block.rows.map(({ key, value }) => `${key}: ${value}`);
    case 'card':
      return [
        [block.title, block.highlight].filter(Boolean).join(' · '),
        ...[block.note, block.badges?.join(' · ')].filter((text) => text !== undefined),
        ...(block.rows ?? []).map(({ key, value }) => `${key}: ${value}`),
      ];
    case 'list':
      return block.items.map(({ text }, i) => `${block.ordered ? `${i + 1}.` : '•'} ${text}`);
    case 'code':
      return [block.code];
    default:
      return 'text' in block ? [block.text] : [];
  }
}
