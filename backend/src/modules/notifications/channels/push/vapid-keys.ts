import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import webPush from 'web-push';
import { KeyRingError, Secrets, SecretUnreadable } from '#platform/crypto/index.js';
import { affected, type EntityManager, query, Reads, Transactions } from '#platform/database/index.js';

const CONTEXT = 'vapid_key:private';
const READ = `select public_key as "publicKey", private_key as "sealed" from vapid_key`;

/** The pair that signs push messages, base64url (RFC 8292). */
export interface VapidPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

interface Row {
  publicKey: string;
  sealed: string;
}

/**
 * The instance's one pair of keys for push messages: made at the first start, kept sealed. Of several processes that start at
 * once one makes it.
 */
@Injectable()
export class VapidKeys implements OnApplicationBootstrap {
  private readonly log = new Logger('push');

  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly secrets: Secrets,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.transactions.run((em) => this.ensure(em));
  }

  /** What browsers subscribe with. */
  async publicKey(): Promise<string> {
    return (await this.row()).publicKey;
  }

  /** The pair, opened. @throws SecretUnreadable, KeyRingError when it cannot be opened any more */
  async pair(): Promise<VapidPair> {
    const { publicKey, sealed } = await this.row();
    return { publicKey, privateKey: this.secrets.open(sealed, CONTEXT) };
  }

  private async row(): Promise<Row> {
    const row = await this.reads.one<Row>('push.vapid', READ, []);
    return row ?? this.transactions.run((em) => this.ensure(em));
  }

  /** Under a lock: makes the pair if there is none, or none that opens; seals it anew when the master key has changed. */
  private async ensure(em: EntityManager): Promise<Row> {
    await query(em, `select pg_advisory_xact_lock(hashtextextended('vapid_key', 41))`, []);
    const [row] = await query<Row>(em, READ, []);
    const privateKey = row && this.opened(row);
    if (row && privateKey && !this.secrets.stale(row.sealed)) return row;
    const pair = privateKey ? { publicKey: row.publicKey, privateKey } : webPush.generateVAPIDKeys();
    const sealed = this.secrets.seal(pair.privateKey, CONTEXT);
    await affected(
      em,
      `insert into vapid_key (public_key, private_key) values ($1, $2)
       on conflict (sole) do update set public_key = $1, private_key = $2, created_at = now()`,
      [pair.publicKey, sealed],
    );
    return { publicKey: pair.publicKey, sealed };
  }

  private opened({ sealed }: Row): string | undefined {
    try {
      return this.secrets.open(sealed, CONTEXT);
    } catch (error) {
      if (!(error instanceof SecretUnreadable || error instanceof KeyRingError)) throw error;
      this.log.warn(
        'The keys of push messages cannot be opened any more and are made anew: browsers must be added again.',
      );
      return undefined;
    }
  }
}
