import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { query, type EntityManager } from '#platform/database/index.js';
import {
  LogOperationRefused,
  LogReader,
  type LogEvent,
  type LogReaderOptions,
  type ReadsLog,
  type ReadTo,
} from './index.js';
import { expired, logDatabase, logProcess, rows, titles, until, type LogProcess } from '#test/event-log.js';

jest.setTimeout(30_000);

let database: Awaited<ReturnType<typeof logDatabase>>;
let processes: LogProcess[] = [];

beforeEach(async () => {
  database = await logDatabase();
});

afterEach(async () => {
  for (const process of processes) await process.close();
  processes = [];
  await database.drop();
});

/** Writes one effect an event; `trouble` may throw before, or after all of a batch were written. */
interface Trouble {
  batches: string[][];
  before?: (event: LogEvent, title: string) => void | Promise<void>;
  after?: (batch: LogEvent[]) => void | Promise<void>;
}

function reader(options: LogReaderOptions, trouble: Trouble, rebuildable = false): new () => ReadsLog {
  @LogReader(options)
  class Room implements ReadsLog {
    declare reset?: (em: EntityManager) => Promise<void>;

    constructor() {
      if (rebuildable)
        this.reset = async (em) => void (await query(em, 'delete from effect where reader = $1', [options.name]));
    }

    async read(batch: LogEvent[], em: EntityManager): Promise<void> {
      trouble.batches.push(titles(batch));
      for (const event of batch) {
        await trouble.before?.(event, titles([event])[0] as string);
        await query(em, 'insert into effect (reader, position, subject_id, note) values ($1, $2, $3, $4)', [
          options.name,
          event.position,
          event.subjectId,
          titles([event])[0],
        ]);
      }
      await trouble.after?.(batch);
    }
  }
  return Room;
}

async function boot(...readers: (new () => ReadsLog)[]): Promise<LogProcess> {
  const process = await logProcess(database.url, { readers, pollMs: 100 });
  processes.push(process);
  return process;
}

const effects = async (name = 'room') =>
  (
    await rows<{ note: string }>(database.client, 'select note from effect where reader = $1 order by position', [name])
  ).map((row) => row.note);
const cursor = async (name = 'room') =>
  (
    await rows<{ position: string; state: string; parks_in_row: number; last_error: string | null }>(
      database.client,
      'select position, state, parks_in_row, last_error from reader_cursor where reader = $1',
      [name],
    )
  )[0];
const reached = (position: number, name = 'room') =>
  until(async () => Number((await cursor(name))?.position) >= position);

describe('reading', () => {
  it('gives every event once, in order, and commits effects and cursor together', async () => {
    const trouble: Trouble = { batches: [] };
    const process = await boot(reader({ name: 'room', batch: 3 }, trouble));
    for (let i = 1; i <= 10; i++) await process.record(undefined, `e${i}`);
    await reached(10);
    expect(await effects()).toEqual(Array.from({ length: 10 }, (_, i) => `e${i + 1}`));
    expect(await process.operations.lag()).toMatchObject([
      { reader: 'room', position: 10, head: 10, behind: 0, seconds: 0, state: 'running', parked: 0 },
    ]);
  });

  it('lets a reader make itself ready before there is anything to read, and reads where that fails', async () => {
    const done: string[] = [];
    const ready = (name: string, fails: boolean) => {
      const Base = reader({ name }, { batches: [] });
      @LogReader({ name })
      class Ready extends Base {
        override async prepare(em: EntityManager): Promise<void> {
          await query(em, 'select 1');
          done.push(name);
          if (fails) throw new Error('The disk is full.');
        }
      }
      return Ready;
    };
    const process = await boot(ready('able', false), ready('unable', true));
    await until(() => Promise.resolve(done.length === 2));
    await process.record(undefined, 'a');
    await Promise.all([reached(1, 'able'), reached(1, 'unable')]);
    expect([await effects('able'), await effects('unable')]).toEqual([['a'], ['a']]);
    expect(done.toSorted()).toEqual(['able', 'unable']);
  });

  it('moves a reader of rare types to the head, and one from the head sees only what comes', async () => {
    const all: Trouble = { batches: [] };
    const first = await boot(
      reader({ name: 'room' }, all),
      reader({ name: 'rare', types: ['deal.found'] }, { batches: [] }),
    );
    for (let i = 1; i <= 5; i++) await first.record(undefined, `e${i}`);
    await reached(5);
    await reached(5, 'rare');
    const late = await boot(reader({ name: 'late', from: 'head' }, { batches: [] }));
    await late.record(undefined, 'e6');
    await reached(6, 'late');
    expect(await effects('late')).toEqual(['e6']);
    expect(await effects('rare')).toEqual([]);
  });

  it('repeats a batch whose process died before the commit, and only its committed effects show', async () => {
    let deaths = 3;
    const trouble: Trouble = {
      batches: [],
      after: async () => {
        if (deaths-- <= 0) return;
        await database.client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'signalbox' and state = 'idle in transaction'`,
        );
      },
    };
    const process = await boot(reader({ name: 'room' }, trouble));
    await process.record(undefined, 'a');
    await reached(1);
    expect(await effects()).toEqual(['a']);
    expect(trouble.batches).toEqual([['a'], ['a'], ['a'], ['a']]);
    expect(await process.parked.list()).toEqual([]);
  });

  it('shares a reader between processes without doubling an effect', async () => {
    const trouble: Trouble = { batches: [] };
    const all = [
      await boot(reader({ name: 'room', batch: 5 }, trouble)),
      await boot(reader({ name: 'room', batch: 5 }, trouble)),
    ];
    await Promise.all(Array.from({ length: 60 }, (_, i) => (all[i % 2] as LogProcess).record(undefined, `e${i}`)));
    await reached(60);
    expect(new Set(await effects()).size).toBe(60);
  });

  it('records further events from within a reader', async () => {
    const trouble: Trouble = { batches: [] };
    let process: LogProcess | undefined = undefined;
    @LogReader({ name: 'echo' })
    class Echo implements ReadsLog {
      async read(batch: LogEvent[], em: EntityManager): Promise<void> {
        for (const event of batch)
          if (titles([event])[0] === 'call')
            expired((process as unknown as LogProcess).log, em, event.subjectId, 'answer');
      }
    }
    process = await boot(Echo, reader({ name: 'room' }, trouble));
    await process.record(undefined, 'call');
    await reached(2);
    expect(await effects()).toEqual(['call', 'answer']);
  });

  it('reads an event in parts, a transaction each, and goes on where it was after a failure between them', async () => {
    const asked: string[] = [];
    let deaths = 1;
    @LogReader({ name: 'room' })
    class Parts implements ReadsLog {
      async read(batch: LogEvent[], em: EntityManager, next?: string): Promise<ReadTo | undefined> {
        const [event] = batch;
        const part = Number(next ?? 0);
        asked.push(`${event!.position} ${next} of ${batch.length}`);
        await query(em, 'insert into effect (reader, position, subject_id, note) values ($1, $2, $3, $4)', [
          `part ${part}`,
          event!.position,
          event!.subjectId,
          titles([event!])[0],
        ]);
        if (part === 1 && event!.position === 1 && deaths-- > 0)
          throw Object.assign(new Error('shutting down'), { code: '57P01' });
        return part < 2 ? { event: event!, next: String(part + 1) } : batch[1] && { event: batch[1] };
      }
    }
    const process = await boot(Parts);
    await process.readers.stop();
    for (const title of ['a', 'b']) await process.record(undefined, title);
    await process.readers.start();
    await reached(2);
    expect(asked).toEqual(
      ['1 undefined', '1 1', '1 1', '1 2']
        .map((ask) => `${ask} of 2`)
        .concat(['2 undefined', '2 1', '2 2'].map((ask) => `${ask} of 1`)),
    );
    for (const part of [0, 1, 2]) expect(await effects(`part ${part}`)).toEqual(['a', 'b']);
    expect(await process.operations.lag()).toMatchObject([{ position: 2, behind: 0, parked: 0 }]);
  });

  it('parks an event of which a part cannot be read, reads on behind it, and retries it from its beginning', async () => {
    const read: string[] = [];
    let bad = true;
    @LogReader({ name: 'room' })
    class Parts implements ReadsLog {
      async read([event]: LogEvent[], _em: EntityManager, next?: string): Promise<ReadTo | undefined> {
        if (next === '1' && event!.position === 1 && bad) throw new Error('a bad part');
        read.push(`${event!.position} ${next}`);
        return next === undefined ? { event: event!, next: '1' } : undefined;
      }
    }
    const process = await boot(Parts);
    await process.record(undefined, 'a');
    await until(async () => (await process.parked.list()).length === 1);
    await process.record(undefined, 'b');
    await reached(2);
    expect(read).toEqual(['1 undefined', '2 undefined', '2 1']);
    bad = false;
    expect(await process.parked.retry('room', 1)).toBe(1);
    expect(read.slice(3)).toEqual(['1 undefined', '1 1']);
    expect(await process.parked.list()).toEqual([]);
  });

  it('refuses to boot with two readers of one name', async () => {
    const twins = boot(reader({ name: 'room' }, { batches: [] }), reader({ name: 'room' }, { batches: [] }));
    await expect(twins).rejects.toThrow('Two log readers are named "room"');
  });
});

describe('trouble', () => {
  const poison = (bad: RegExp): Trouble => ({
    batches: [],
    before: (_, title) => {
      if (bad.test(title)) throw new Error(`cannot read ${title}`);
    },
  });

  /** Records all before any reader runs, so that they are one batch. */
  async function together(process: LogProcess, events: [string, string][]): Promise<void> {
    await process.readers.stop();
    await process.transactions.run(async (em) => {
      for (const [subject, title] of events) expired(process.log, em, subject, title);
    });
    await process.readers.start();
  }

  it('splits a batch down to the poisonous event, parks it and goes on', async () => {
    const trouble = poison(/bad/);
    const process = await boot(reader({ name: 'room' }, trouble));
    const events = Array.from({ length: 40 }, (_, i): [string, string] => [uuidv7(), i === 27 ? 'bad' : `e${i}`]);
    await together(process, events);
    await reached(40);
    expect(await effects()).toEqual(events.map(([, title]) => title).filter((title) => title !== 'bad'));
    expect(await process.parked.list('room')).toMatchObject([
      {
        position: 28,
        state: 'parked',
        error: 'Error: cannot read bad',
        attempts: 1,
        event: { data: { title: 'bad' } },
      },
    ]);
    // Halving 40 down to one takes at most a failure and a success a step.
    expect(trouble.batches.length).toBeLessThan(20);
    expect(await cursor()).toMatchObject({ state: 'running', parks_in_row: 0 });
  });

  it('holds later events of the same subject behind it, and gives them in order when it is retried', async () => {
    const trouble = poison(/bad/);
    const process = await boot(reader({ name: 'room', batch: 4 }, trouble));
    const [a, b] = [uuidv7(), uuidv7()];
    await together(process, [
      [a, 'a1 bad'],
      [b, 'b1'],
      [a, 'a2'],
      [b, 'b2'],
      [a, 'a3 bad'],
      [a, 'a4'],
    ]);
    await reached(6);
    await process.record(a, 'a5');
    await reached(7);
    expect(await effects()).toEqual(['b1', 'b2']);
    const listed = async () => (await process.parked.list()).map((parked) => [titles([parked.event])[0], parked.state]);
    expect(await listed()).toEqual([
      ['a1 bad', 'parked'],
      ['a2', 'held'],
      ['a3 bad', 'held'],
      ['a4', 'held'],
      ['a5', 'held'],
    ]);
    await expect(process.parked.retry('room', 1)).rejects.toThrow('cannot read a1 bad');
    expect((await process.parked.list())[0]).toMatchObject({ attempts: 2 });
    await expect(process.parked.retry('room', 3)).rejects.toThrow(LogOperationRefused);

    trouble.before = (_, title) => {
      if (title === 'a3 bad') throw new Error('still bad');
    };
    expect(await process.parked.retry('room', 1)).toBe(2);
    expect(await listed()).toEqual([
      ['a3 bad', 'parked'],
      ['a4', 'held'],
      ['a5', 'held'],
    ]);
    expect(await process.parked.discard('room', 5)).toBe(2);
    expect(await listed()).toEqual([['a3 bad', 'discarded']]);
    await process.record(a, 'a6');
    await reached(8);
    expect(await effects()).toEqual(['a1 bad', 'b1', 'a2', 'b2', 'a4', 'a5', 'a6']);
  });

  it('stops a reader after three parked events in a row, and goes on when it is restarted', async () => {
    const trouble = poison(/./);
    const process = await boot(reader({ name: 'room' }, trouble));
    await together(
      process,
      ['1', '2', '3', '4', '5'].map((title): [string, string] => [uuidv7(), title]),
    );
    await until(async () => (await cursor())?.state === 'stopped');
    expect(await cursor()).toMatchObject({ position: '3', parks_in_row: 3, last_error: 'Error: cannot read 3' });
    trouble.before = undefined;
    await process.record(undefined, '6');
    expect(await effects()).toEqual([]);
    await process.operations.restart('room');
    await reached(6);
    expect(await effects()).toEqual(['4', '5', '6']);
    for (const { position } of await process.parked.list()) await process.parked.retry('room', position);
    expect(await effects()).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('never blames an event for a fault of the database', async () => {
    const faults = [
      Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' }),
      Object.assign(new Error('deadlock detected'), { code: '40P01' }),
      Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
      new Error('wrapped', { cause: Object.assign(new Error('shutting down'), { code: '57P01' }) }),
    ];
    const trouble: Trouble = {
      batches: [],
      before: () => {
        const fault = faults.shift();
        if (fault) throw fault;
      },
    };
    const process = await boot(reader({ name: 'room' }, trouble));
    await process.record(undefined, 'innocent');
    await reached(1);
    expect(faults).toEqual([]);
    expect(await effects()).toEqual(['innocent']);
    expect(await process.parked.list()).toEqual([]);
  });

  it('undoes what a failed batch wrote, its recorded events included', async () => {
    const trouble: Trouble = { batches: [] };
    const process = await boot(reader({ name: 'room' }, trouble));
    trouble.after = (batch) => {
      if (titles(batch).includes('bad')) throw new Error('after the effects');
    };
    await together(process, [
      [uuidv7(), 'good'],
      [uuidv7(), 'bad'],
    ]);
    await reached(2);
    expect(await effects()).toEqual(['good']);
  });

  it('rebuilds a reader that has reset(), and no other', async () => {
    const process = await boot(
      reader({ name: 'room' }, { batches: [] }, true),
      reader({ name: 'mail' }, { batches: [] }),
    );
    for (const title of ['a', 'b', 'c']) await process.record(undefined, title);
    await reached(3);
    await database.client.query(`update effect set note = 'spoilt' where reader = 'room'`);
    await process.operations.rebuild('room');
    await reached(3);
    expect(await effects()).toEqual(['a', 'b', 'c']);
    await expect(process.operations.rebuild('mail')).rejects.toThrow('cannot be rebuilt: it has no reset()');
    await expect(process.operations.rebuild('nobody')).rejects.toThrow('There is no log reader named "nobody"');
  });

  it('forgets the cursor of a reader that is gone, not one in use', async () => {
    const process = await boot(reader({ name: 'room' }, { batches: [] }));
    await database.client.query(`insert into reader_cursor (reader, position) values ('old', 0)`);
    await expect(process.operations.forget('room')).rejects.toThrow('is in use');
    await process.operations.forget('old');
    expect((await process.operations.lag()).map((lag) => lag.reader)).toEqual(['room']);
  });
});
