import { Injectable } from '@nestjs/common';
import { query, Transactions } from '#platform/database/index.js';
import { FeedReader, feedWords } from './feed/feed-reader.js';
import { imapWords } from './imap/imap-words.js';
import { MailboxConnections } from './imap/mailbox-connections.js';
import { Recipients } from './smtp/recipients.js';
import type { FeedSettings } from './source-settings.js';
import type { Source } from './source.entity.js';
import type { SourceTest } from './sources.schemas.js';

/** Tries a source out without taking anything in. */
@Injectable()
export class SourceTester {
  constructor(
    private readonly mailboxes: MailboxConnections,
    private readonly feeds: FeedReader,
    private readonly recipients: Recipients,
    private readonly transactions: Transactions,
  ) {}

  async test(source: Source): Promise<SourceTest> {
    switch (source.kind) {
      case 'imap':
        return this.mailbox(source);
      case 'feed':
        return this.feed(source.settings as FeedSettings);
      case 'smtp':
        return this.address(source);
      default:
        return { ok: true, message: 'Uploads need nothing: send messages to this source and they are read.' };
    }
  }

  private async mailbox(source: Source): Promise<SourceTest> {
    const { id, settings: wanted, credentials } = source;
    try {
      const { client, settings } = await this.mailboxes.open({ id, settings: wanted, credentials });
      const count = client.mailbox ? client.mailbox.exists : 0;
      client.close();
      return { ok: true, message: `The mailbox "${settings.mailbox}" opens; it holds ${count} messages.` };
    } catch (error) {
      return { ok: false, message: imapWords(error) };
    }
  }

  private async feed({ url }: FeedSettings): Promise<SourceTest> {
    try {
      const { title, items } = await this.feeds.look(url);
      return { ok: true, message: `The feed "${title.slice(0, 200)}" reads well; it holds ${items.length} items.` };
    } catch (error) {
      return { ok: false, message: feedWords(error).sentence };
    }
  }

  private async address(source: Source): Promise<SourceTest> {
    const address = this.recipients.addressOf(source.address ?? '');
    const text = 'select max(received_at) as last from message where source_id = $1';
    const [row] = await query<{ last: Date | null }>(this.transactions.reader(), text, [source.id]);
    const last = row?.last
      ? ` The last message came at ${new Date(row.last).toISOString()}.`
      : ' No message has come yet.';
    const found = await this.recipients.find(address);
    if (!found) return { ok: false, message: 'The address of this source is not known to the receiving port.' };
    return {
      ok: !found.paused,
      message: found.paused ? 'The source is paused: mail is put off.' : `Mail to ${address} is taken in.${last}`,
    };
  }
}
