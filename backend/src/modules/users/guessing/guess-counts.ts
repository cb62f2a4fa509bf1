import { Injectable } from '@nestjs/common';
import { type EntityManager, query } from '#platform/database/index.js';
import { type Counted, type CountedAs, FIRST_WAIT, type Tolerance } from './guess.js';
import { GuessingConfig } from './guessing.config.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Seconds that an attempt may be under way, in the queue for a hash included, while it may be the one too many. */
const UNDER_WAY = 10;

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
   * Counts an attempt before it is made, as if it were wrong: a thousand at once are a thousand counted. While the one that
   * uses up what is borne is under way, others wait for some seconds; `failed` makes that the full wait. A network is only
   * looked at: its people must not queue for one row at each sign-in, and the rate limit bounds what it tries at once.
   *
   * @returns seconds to wait; 0 when the attempt may be made. When it is not 0, the caller rolls back
   */
  async take(em: EntityManager, rows: readonly Counted[]): Promise<number> {
    // Lost counts of the last instant before a crash are no harm, and a sign-in need not wait for the disk twice.
    await query(em, 'set local synchronous_commit = off');
    const [standing] = await query<{ wait: number }>(
      em,
      `select coalesce(max(extract(epoch from locked_until - clock_timestamp())), 0)::float8 as wait
       from guess_count where subject = any($1::bytea[])`,
      [rows.map((row) => row.subject)],
    );
    if (standing && standing.wait > 0) return standing.wait;
    const held = await this.hold(em, rows.filter(countedBefore));
    const wait = Math.max(...held.map((row) => row.wait));
    if (wait > 0) return wait;
    await this.count(em, held);
    return 0;
  }

  /**
   * Makes the next attempt wait when more were wrong than are borne.
   *
   * @returns the rows whose wait begins now: one that several attempts at once came to begins once
   */
  async failed(em: EntityManager, rows: readonly Counted[]): Promise<GuessCount[]> {
    await this.count(
      em,
      await this.hold(
        em,
        rows.filter((row) => !countedBefore(row)),
      ),
    );
    const tolerances = rows.map((row) => this.tolerances[row.kind]);
    return query<GuessCount>(
      em,
      `update guess_count g set told = guesses, locked_until = clock_timestamp()
         + make_interval(secs => least(t.longest, $4 * 2 ^ least(guesses - t.borne, 20)))
       from unnest($1::bytea[], $2::int[], $3::int[]) as t (subject, borne, longest)
       where g.subject = t.subject and guesses >= t.borne and told < guesses
         and (kind <> 'network' or locked_until is null or locked_until < clock_timestamp())
       returning kind, guesses, to_char(locked_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as until`,
      [
        rows.map((row) => row.subject),
        tolerances.map((tolerance) => tolerance.guesses),
        tolerances.map((tolerance) => tolerance.longestWait),
        FIRST_WAIT,
      ],
    );
  }

  /** Takes one attempt back, which was not made. A wait that wrong ones came to meanwhile stays. */
  async giveBack(em: EntityManager, rows: readonly Counted[]): Promise<void> {
    await query(
      em,
      `update guess_count set guesses = greatest(0, guesses - 1), told = least(told, greatest(0, guesses - 1)),
         locked_until = case when told >= guesses then locked_until end
       where subject = any($1::bytea[])`,
      [rows.filter(countedBefore).map((row) => row.subject)],
    );
  }

  /** Starts anew, but for a network, which may hold a guesser too. @returns true when an attempt would have had to wait */
  async clear(em: EntityManager, rows: readonly Counted[]): Promise<boolean> {
    const removed = await query<{ locked: boolean }>(
      em,
      `delete from guess_count where subject = any($1::bytea[])
       returning coalesce(locked_until > clock_timestamp(), false) as locked`,
      [rows.filter(countedBefore).map((row) => row.subject)],
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

  /** Locks the rows, made if need be, and says where they stand. */
  private async hold(em: EntityManager, rows: readonly Counted[]): Promise<Row[]> {
    if (rows.length === 0) return [];
    return query<Row>(
      em,
      `insert into guess_count as g (subject, kind)
       select * from unnest($1::bytea[], $2::text[]) as wanted (subject, kind) order by subject
       on conflict (subject) do update set kind = excluded.kind
       returning subject, kind, guesses, extract(epoch from clock_timestamp() - last_at)::float8 as quiet,
         coalesce(extract(epoch from locked_until - clock_timestamp()), 0)::float8 as wait`,
      [rows.map((row) => row.subject), rows.map((row) => row.kind)],
    );
  }

  /** Counts one attempt more in each of the rows, which are locked. */
  private async count(em: EntityManager, held: readonly Row[]): Promise<void> {
    if (held.length === 0) return;
    const next = held.map(({ kind, guesses, quiet }) => {
      const { guesses: borne, forgottenAfter } = this.tolerances[kind];
      const now = quiet > forgottenAfter ? 1 : guesses + 1;
      return { now, wait: now >= borne && kind !== 'network' ? UNDER_WAY : 0 };
    });
    await query(
      em,
      `update guess_count g set guesses = n.guesses, told = least(told, n.guesses - 1), last_at = clock_timestamp(),
         locked_until = case when n.wait > 0 then clock_timestamp() + make_interval(secs => n.wait) else locked_until end
       from unnest($1::bytea[], $2::int[], $3::float8[]) as n (subject, guesses, wait) where g.subject = n.subject`,
      [held.map((row) => row.subject), next.map((row) => row.now), next.map((row) => row.wait)],
    );
  }
}

/** Whether attempts are counted before they are made. */
function countedBefore(row: Counted): boolean {
  return row.kind !== 'network';
}
