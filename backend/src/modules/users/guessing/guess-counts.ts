import { Injectable } from '@nestjs/common';
import { type EntityManager, query } from '#platform/database/index.js';
import { type Counted, type CountedAs, type Tolerance, waitAfter } from './guess.js';
import { GuessingConfig } from './guessing.config.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** A row that makes the next attempt wait. */
export interface GuessCount {
  kind: CountedAs;
  /** Wrong attempts in a row. */
  guesses: number;
  /** When the next attempt is taken, ISO 8601. */
  until: string;
}

interface Row {
  subject: Buffer;
  kind: CountedAs;
  guesses: number;
  quiet: number;
  wait: number;
}

/**
 * Counts wrong attempts in PostgreSQL: what protects an account survives a restart and a wipe of Redis, and all processes
 * count together. Times are the database's. Rows are locked in one order, so that attempts at once take turns.
 */
@Injectable()
export class GuessCounts {
  private readonly tolerances: Record<CountedAs, Tolerance>;

  constructor({ guesses, guessesOfNetwork, longestWaitMinutes }: GuessingConfig) {
    const usual = { guesses, longestWait: longestWaitMinutes * 60, forgottenAfter: DAY };
    this.tolerances = {
      account: usual,
      browser: usual,
      session: usual,
      second_factor: { ...usual, guesses: Math.ceil(guesses / 2) },
      network: { ...usual, guesses: guessesOfNetwork, forgottenAfter: HOUR },
    };
  }

  /**
   * Counts an attempt before it is made, as if it were wrong: a thousand at once are a thousand counted. When one of the rows
   * must wait the attempt is not to be made; the caller rolls back.
   *
   * @returns seconds to wait; 0 when the attempt may be made
   */
  async take(em: EntityManager, rows: readonly Counted[]): Promise<number> {
    const found = await query<Row>(
      em,
      `insert into guess_count as g (subject, kind)
       select * from unnest($1::bytea[], $2::text[]) as wanted (subject, kind) order by subject
       on conflict (subject) do update set kind = excluded.kind
       returning subject, kind, guesses, extract(epoch from clock_timestamp() - last_at)::float8 as quiet,
         coalesce(extract(epoch from locked_until - clock_timestamp()), 0)::float8 as wait`,
      [rows.map((row) => row.subject), rows.map((row) => row.kind)],
    );
    const wait = Math.max(...found.map((row) => row.wait));
    if (wait > 0) return wait;
    const next = found.map((row) => this.next(row));
    await query(
      em,
      `update guess_count g set guesses = n.guesses, last_at = clock_timestamp(),
         locked_until = case when n.wait > 0 then clock_timestamp() + make_interval(secs => n.wait) end
       from unnest($1::bytea[], $2::int[], $3::float8[]) as n (subject, guesses, wait) where g.subject = n.subject`,
      [next.map((row) => row.subject), next.map((row) => row.guesses), next.map((row) => row.wait)],
    );
    return 0;
  }

  /** The rows that make the next attempt wait since the latest one: each wait is told once, however many were wrong at once. */
  async tell(em: EntityManager, rows: readonly Counted[]): Promise<GuessCount[]> {
    return query<GuessCount>(
      em,
      `update guess_count set told = guesses
       where subject = any($1::bytea[]) and locked_until > clock_timestamp() and told <> guesses
       returning kind, guesses, to_char(locked_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as until`,
      [rows.map((row) => row.subject)],
    );
  }

  /** Takes one attempt back, which was right or was not made. */
  async giveBack(em: EntityManager, rows: readonly Counted[]): Promise<void> {
    await query(
      em,
      `update guess_count set guesses = greatest(0, guesses - 1), locked_until = null where subject = any($1::bytea[])`,
      [rows.map((row) => row.subject)],
    );
  }

  /** Starts anew. @returns true when one of the rows made the next attempt wait */
  async clear(em: EntityManager, rows: readonly Counted[]): Promise<boolean> {
    const removed = await query<{ locked: boolean }>(
      em,
      `delete from guess_count where subject = any($1::bytea[])
       returning coalesce(locked_until > clock_timestamp(), false) as locked`,
      [rows.map((row) => row.subject)],
    );
    return removed.some((row) => row.locked);
  }

  /** Removes some rows that nobody has added to for a day: strangers' typing must not fill the table. */
  async prune(em: EntityManager): Promise<void> {
    await query(
      em,
      `delete from guess_count where subject in (
         select subject from guess_count where last_at < now() - make_interval(secs => $1)
         order by last_at limit 20 for update skip locked)`,
      [DAY],
    );
  }

  /** How many wrong attempts in a row are borne without a wait. */
  borne(kind: CountedAs): number {
    return this.tolerances[kind].guesses;
  }

  private next({ subject, kind, guesses, quiet }: Row): { subject: Buffer; guesses: number; wait: number } {
    const tolerance = this.tolerances[kind];
    const now = quiet > tolerance.forgottenAfter ? 1 : guesses + 1;
    return { subject, guesses: now, wait: waitAfter(now, tolerance) };
  }
}
