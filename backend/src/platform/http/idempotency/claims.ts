import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Transactions, affected, query } from '#platform/database/index.js';

/** How long an answer is remembered. */
const REMEMBERED_HOURS = 24;
/** Expired rows are removed by about one new claim in so many. */
const SWEEP_ONE_IN = 200;
const SWEEP_ROWS = 1000;

/** The right to carry out one request, held until it is answered or the lease runs out. */
export interface Claim {
  actorId: string;
  key: string;
  /** Who holds it: a claim that another attempt took over writes nothing any more. */
  attempt: string;
}

/** An answer as it is kept. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer | null;
}

/** What is known of a key. */
export type Standing =
  | { kind: 'claimed'; claim: Claim }
  | { kind: 'running' }
  | { kind: 'other-body' }
  | { kind: 'answer-lost' }
  | { kind: 'secret-withheld' }
  | { kind: 'answered'; answer: Answer };

/** A request that wants to be carried out once. */
export interface ClaimRequest {
  actorId: string;
  key: string;
  /** A digest of method, address and body. */
  fingerprint: Buffer;
  leaseSeconds: number;
  /** The answer will hold a secret and must not be kept. */
  secret: boolean;
}

interface Row {
  same: boolean;
  state: 'running' | 'applied' | 'done';
  held: boolean;
  secret: boolean;
  status: number;
  headers: Record<string, string>;
  body: Buffer | null;
}

// A running row whose lease is over belongs to a process that died before its transaction committed: whoever repeats the
// request takes it over. An applied one was committed, so that it is never carried out again.
const CLAIM = `
  insert into idempotency_key as k (actor_id, key, fingerprint, state, attempt, lease_until, secret, expires_at)
  values ($1, $2, $3, 'running', $4, now() + make_interval(secs => $5), $6, now() + make_interval(hours => ${REMEMBERED_HOURS}))
  on conflict (actor_id, key) do update set
    fingerprint = excluded.fingerprint, state = 'running', attempt = excluded.attempt, lease_until = excluded.lease_until,
    secret = excluded.secret, status = null, headers = null, body = null, created_at = now(), expires_at = excluded.expires_at
  where k.expires_at < now()
    or (k.state = 'running' and k.lease_until < now() and k.fingerprint = excluded.fingerprint)
  returning 1`;

/** The rows behind Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07). */
@Injectable()
export class Claims {
  constructor(private readonly transactions: Transactions) {}

  /** Takes the key, or tells what became of the request that has it. */
  async claim({ actorId, key, fingerprint, leaseSeconds, secret }: ClaimRequest): Promise<Standing> {
    const attempt = uuidv7();
    return this.transactions.run(async (em) => {
      const taken = await query(em, CLAIM, [actorId, key, fingerprint, attempt, leaseSeconds, secret]);
      if (taken.length > 0) {
        await this.sweep(em);
        return { kind: 'claimed', claim: { actorId, key, attempt } };
      }
      const [row] = await query<Row>(
        em,
        `select fingerprint = $3 as same, state, lease_until >= now() as held, secret, status, headers, body from idempotency_key where actor_id = $1 and key = $2`,
        [actorId, key, fingerprint],
      );
      return row ? standing(row) : { kind: 'running' };
    });
  }

  /**
   * Marks the claim as carried out, inside the transaction that does it: both commit or neither.
   *
   * @returns false when another attempt has taken the claim over: the transaction must not commit
   */
  async apply(em: Parameters<typeof affected>[0], { actorId, key, attempt }: Claim): Promise<boolean> {
    const rows = await affected(
      em,
      `update idempotency_key set state = 'applied' where actor_id = $1 and key = $2 and attempt = $3 and state <> 'done'`,
      [actorId, key, attempt],
    );
    return rows === 1;
  }

  /** Keeps the answer; of one that holds a secret, only that it was given. */
  async answered({ actorId, key, attempt }: Claim, { status, headers, body }: Answer): Promise<void> {
    await this.transactions.run((em) =>
      query(
        em,
        `update idempotency_key set state = 'done', status = $4, headers = case when secret then null else $5::jsonb end,
           body = case when secret then null else $6::bytea end
         where actor_id = $1 and key = $2 and attempt = $3 and state <> 'done'`,
        [actorId, key, attempt, status, JSON.stringify(headers), body],
      ),
    );
  }

  /**
   * Gives the key back after a refusal that changed nothing, so that the caller may repeat the request.
   *
   * @returns false when the request was carried out after all, at least in part
   */
  async release({ actorId, key, attempt }: Claim): Promise<boolean> {
    return this.transactions.run(async (em) => {
      const where = 'where actor_id = $1 and key = $2 and attempt = $3';
      return (
        (await affected(em, `delete from idempotency_key ${where} and state = 'running'`, [actorId, key, attempt])) ===
        1
      );
    });
  }

  /** Ends the lease of a claim that was carried out and whose answer is a fault of ours, which is not worth keeping. */
  async lose({ actorId, key, attempt }: Claim): Promise<void> {
    await this.transactions.run((em) =>
      affected(
        em,
        `update idempotency_key set lease_until = now() - interval '1 second'
         where actor_id = $1 and key = $2 and attempt = $3 and state = 'applied'`,
        [actorId, key, attempt],
      ),
    );
  }

  private async sweep(em: Parameters<typeof affected>[0]): Promise<void> {
    if (Math.random() * SWEEP_ONE_IN >= 1) return;
    await affected(
      em,
      `delete from idempotency_key where ctid in (select ctid from idempotency_key where expires_at < now() limit ${SWEEP_ROWS} for update skip locked)`,
    );
  }
}

function standing(row: Row): Standing {
  if (!row.same) return { kind: 'other-body' };
  if (row.state === 'applied' && !row.held) return { kind: 'answer-lost' };
  if (row.state !== 'done') return { kind: 'running' };
  if (row.secret) return { kind: 'secret-withheld' };
  return { kind: 'answered', answer: { status: row.status, headers: row.headers, body: row.body } };
}
