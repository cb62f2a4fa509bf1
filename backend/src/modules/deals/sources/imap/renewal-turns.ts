import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { affected, query, Transactions, type EntityManager } from '#platform/database/index.js';
import { HttpClientConfig } from '#platform/http-client/index.js';
import { SourceCredentials } from '../source-credentials.js';
import { Superseded, type HeldSource } from '../source-leases.js';
import type { ImapCredentials, SourceSettings } from '../source-settings.js';

/** What of a source opens it. */
export type OpenableSource = Pick<HeldSource, 'id' | 'settings' | 'credentials'>;

/** What a source is opened with by now: another process, or a person, replaced what was read. */
export interface Replaced {
  sealed: string;
  credentials: ImapCredentials;
}

/** How often somebody who waits looks, in milliseconds. */
const LOOK_EVERY_MS = 100;
/** Beyond the longest request, for the writes around it. */
const MARGIN_SECONDS = 15;

const TAKE = `
  update source_state set renewal_owner = $2, renewal_until = now() + make_interval(secs => $3)
   where source_id = $1 and (renewal_until is null or renewal_until < now())`;

const END = `update source_state set renewal_owner = null, renewal_until = null where source_id = $1 and renewal_owner = $2`;

const STORED = `select credentials, settings from source where id = $1 and removed_at is null`;

/**
 * Lets one of all processes at a time renew the token of a source: many token servers replace a refresh token with each use
 * and refuse the one before, or take all of them back (RFC 9700, section 2.2.2). A turn is a lease, because no transaction
 * stays open over the request; it ends by itself when its holder dies.
 */
@Injectable()
export class RenewalTurns {
  constructor(
    private readonly transactions: Transactions,
    private readonly credentials: SourceCredentials,
    @Inject(HttpClientConfig) private readonly http: HttpClientConfig,
  ) {}

  /**
   * Waits for a turn, and looks again at what is stored once it is there.
   *
   * @param held what the caller read
   * @param signal gives the waiting up
   * @returns the turn, to be ended by `store` or `giveUp`; or, without one, what has replaced `held` meanwhile
   * @throws Superseded when the source is reached in another way by now, or removed
   */
  async take(source: OpenableSource, held: ImapCredentials, signal?: AbortSignal): Promise<string | Replaced> {
    const turn = randomUUID();
    const seconds = this.http.timeoutMs / 1000 + MARGIN_SECONDS;
    for (;;) {
      signal?.throwIfAborted();
      const { ours, replaced } = await this.transactions.run(async (em) => {
        const taken = (await affected(em, TAKE, [source.id, turn, seconds])) > 0;
        const found = await this.replacement(em, source, held);
        if (taken && found) await query(em, END, [source.id, turn]);
        return { ours: taken, replaced: found };
      });
      if (replaced) return replaced;
      if (ours) return turn;
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
  }

  /** Ends a turn with what it brought, unless `held` was replaced meanwhile: a person may have entered new credentials. */
  async store(turn: string, source: OpenableSource, held: ImapCredentials, renewed: ImapCredentials): Promise<string> {
    const sealed = this.credentials.seal(source.id, renewed);
    await this.transactions.run(async (em) => {
      await query(em, END, [source.id, turn]);
      if (!(await this.replacement(em, source, held, 'for update')))
        await query(em, 'update source set credentials = $2 where id = $1', [source.id, sealed]);
    });
    return sealed;
  }

  /** Ends a turn that brought nothing. @returns what has replaced `held` meanwhile */
  async giveUp(turn: string, source: OpenableSource, held: ImapCredentials): Promise<Replaced | undefined> {
    return this.transactions.run(async (em) => {
      await query(em, END, [source.id, turn]);
      return this.replacement(em, source, held);
    });
  }

  /** The content is compared, not the sealed text: another master key seals the same content anew. */
  private async replacement(
    em: EntityManager,
    { id, settings }: OpenableSource,
    held: ImapCredentials,
    lock: 'for update' | '' = '',
  ): Promise<Replaced | undefined> {
    const text = `${STORED} ${lock}`;
    const [stored] = await query<{ credentials: string | null; settings: SourceSettings }>(em, text, [id]);
    // New credentials may be meant for another server: they are not shown to this one.
    if (!stored?.credentials || !isDeepStrictEqual(stored.settings, settings))
      throw new Superseded('The source was changed while its token was to be renewed; it is tried again as it is now.');
    const credentials = this.credentials.open(id, stored.credentials);
    return isDeepStrictEqual(credentials, held) ? undefined : { sealed: stored.credentials, credentials };
  }
}
