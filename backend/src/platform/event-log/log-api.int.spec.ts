import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { Reads, Transactions, type EntityManager } from '#platform/database/index.js';
import { expired, titles, until } from '#test/event-log.js';
import { bootHttp, person, type HttpKit } from '#test/http-kit.js';
import { EventLog, EventLogModule, LogApiModule, LogReader, SYSTEM_WORKSPACE, type LogEvent } from './index.js';

let bad: RegExp | undefined;
let given: string[] = [];

@LogReader({ name: 'room', types: ['deal.expired'] })
class Room {
  async read(batch: LogEvent[], _em: EntityManager): Promise<void> {
    for (const title of titles(batch)) if (bad?.test(title)) throw new Error(`cannot read ${title.length} letters`);
    given.push(...titles(batch));
  }
}

@LogReader({ name: 'facts', types: ['deal.expired'] })
class Facts {
  private count = 0;
  async read(batch: LogEvent[]): Promise<void> {
    this.count += batch.length;
  }
  async reset(): Promise<void> {
    this.count = 0;
  }
  get facts(): number {
    return this.count;
  }
}

interface Recorded {
  type: string;
  subject_id: string;
  workspace_id: string;
  data: Record<string, unknown>;
  actor: { id: string | null };
}

let kit: HttpKit;
const operator = person({ operator: true });
const call = (method: string, path: string) => kit.call(method, `/api/v1${path}`, { as: operator });
const sql = <T extends object>(text: string, values: unknown[] = []) => kit.app.get(Reads).adHoc<T>(text, values);

/** Records an event of a subject. @returns its position once it is sealed, and its id */
async function recorded(title: string, subject = uuidv7()): Promise<{ id: string; position: number }> {
  const log = kit.app.get(EventLog);
  const id = await kit.app.get(Transactions).run(async (em) => expired(log, em, subject, title));
  for (;;) {
    const [row] = await sql<{ position: string }>('select position from event where id = $1', [id]);
    if (row) return { id, position: Number(row.position) };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const states = async () => {
  const rows = await sql<{ position: string; state: string }>(
    'select position, state from parked_event order by position',
  );
  return Object.fromEntries(rows.map(({ position, state }) => [position, state]));
};
const passed = (position: number, reader = 'room') =>
  until(async () => {
    const [row] = await sql<{ position: string }>('select position from reader_cursor where reader = $1', [reader]);
    return Number(row?.position) >= position;
  });
/** What was recorded of operators' acts, since the last look. */
let seen = 0;
async function acts(): Promise<Recorded[]> {
  const rows = await sql<Recorded>(
    `select type, subject_id, workspace_id, data, actor from
       (select id, type, subject_id, workspace_id, data, actor from outbox
        union select id, type, subject_id, workspace_id, data, actor from event) e
      where type like 'log_reader.%' or type like 'parked_event.%' order by id`,
  );
  const fresh = rows.slice(seen);
  seen = rows.length;
  return fresh;
}
const recordedAct = (type: string, subjectId: string, data: object) => ({
  type,
  subject_id: subjectId,
  workspace_id: SYSTEM_WORKSPACE,
  data,
  actor: expect.objectContaining({ id: operator.id }),
});

beforeAll(async () => {
  kit = await bootHttp({
    imports: [EventLogModule, LogApiModule],
    providers: [Room, Facts],
    env: { SIGNALBOX_LOG_POLL_MS: '100' },
  });
});
afterAll(() => kit.close());
beforeEach(async () => {
  bad = undefined;
  given = [];
  await call('POST', '/log-readers/room/restart');
  await acts();
});

describe('the operator', () => {
  it('is the only one who sees the readers', async () => {
    for (const [method, path] of [
      ['GET', '/log-readers'],
      ['POST', '/log-readers/room/restart'],
      ['POST', '/log-readers/facts/rebuild'],
      ['GET', '/parked-events'],
      ['POST', '/parked-events/room/1/retry'],
      ['DELETE', '/parked-events/room/1'],
    ] as const) {
      expect((await kit.call(method, `/api/v1${path}`, { as: person() })).status).toBe(403);
      expect((await kit.call(method, `/api/v1${path}`)).status).toBe(401);
    }
    expect(await acts()).toEqual([]);
  });

  it('sees how far each reader is', async () => {
    const { position } = await recorded('one');
    await passed(position);
    await passed(position, 'facts');
    const { status, body } = await call('GET', '/log-readers');
    expect(status).toBe(200);
    const parts = { state: 'running', behind: 0, seconds: 0, parked: 0, lastError: null };
    expect(body).toMatchObject({
      items: [
        { reader: 'facts', ...parts, rebuildable: true },
        { reader: 'room', ...parts, rebuildable: false },
      ],
      nextCursor: null,
    });
    expect(body.items[1].position).toBe(body.items[1].head);
  });

  it('restarts a reader that stopped, and that is recorded', async () => {
    bad = /./;
    const places = [await recorded('1'), await recorded('2'), await recorded('3')].map(({ position }) => position);
    await until(async () => (await call('GET', '/log-readers')).body.items[1].state === 'stopped');
    const stopped = (await call('GET', '/log-readers')).body.items[1];
    expect(stopped).toMatchObject({ position: places[2], parked: 3, lastError: 'Error: cannot read 1 letters' });
    bad = undefined;
    const { position } = await recorded('4');
    const restarted = await call('POST', '/log-readers/room/restart');
    expect([restarted.status, restarted.body.state]).toEqual([200, 'running']);
    await passed(position);
    expect(given).toEqual(['4']);
    expect(await acts()).toEqual([recordedAct('log_reader.restarted', SYSTEM_WORKSPACE, { reader: 'room' })]);
    for (const place of places) expect((await call('DELETE', `/parked-events/room/${place}`)).status).toBe(200);
  });

  it('rebuilds a reader that can be, and that is recorded', async () => {
    const { position } = await recorded('fact');
    await passed(position, 'facts');
    const facts = kit.app.get(Facts);
    const before = facts.facts;
    const answer = await call('POST', '/log-readers/facts/rebuild');
    expect([answer.status, answer.body.reader]).toEqual([200, 'facts']);
    await passed(position, 'facts');
    expect(facts.facts).toBe(before);
    expect(await acts()).toEqual([
      recordedAct('log_reader.rebuilt', SYSTEM_WORKSPACE, { reader: 'facts', partial: false }),
    ]);
  });

  it('rebuilds from a pruned log only when asked to do without what was pruned', async () => {
    const { position } = await recorded('pruned');
    await passed(position);
    await passed(position, 'facts');
    await sql('update log_checkpoint set position = 1');
    const refused = await call('POST', '/log-readers/facts/rebuild');
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      'The log begins after position 1; a rebuilt "facts" would lack what was pruned.',
    ]);
    expect((await call('POST', '/log-readers/facts/rebuild?partial=true')).status).toBe(200);
    expect((await acts()).map(({ data }) => data)).toEqual([{ reader: 'facts', partial: true }]);
    await sql('update log_checkpoint set position = 0');
  });

  it('is refused with a sentence what cannot be done', async () => {
    const { position } = await recorded('fine');
    await passed(position);
    const before = await states();
    for (const [method, path, status, detail] of [
      ['POST', '/log-readers/room/rebuild', 409, 'The log reader "room" cannot be rebuilt: it has no reset().'],
      ['POST', '/log-readers/nobody/rebuild', 404, 'There is no log reader named "nobody".'],
      ['POST', '/log-readers/nobody/restart', 404, 'There is no log reader named "nobody".'],
      ['POST', `/parked-events/room/${position}/retry`, 404, `No event is parked at position ${position} for "room".`],
      ['DELETE', `/parked-events/room/${position}`, 404, `No event is parked at position ${position} for "room".`],
      ['DELETE', '/parked-events/nobody/1', 404, 'No event is parked at position 1 for "nobody".'],
    ] as const) {
      const { body, status: answered } = await call(method, path);
      expect([answered, body.detail]).toEqual([status, detail]);
    }
    for (const path of [
      '/parked-events/room/first/retry',
      '/parked-events/room/0/retry',
      '/log-readers/Nobody/restart',
    ])
      expect((await call('POST', path)).status).toBe(400);
    expect((await call('GET', '/parked-events?state=lost')).status).toBe(400);
    expect([await states(), await acts()]).toEqual([before, []]);
  });
});

describe('parked events', () => {
  /** Parks one event and holds two behind it. @returns their positions */
  async function parkThree(): Promise<{ ids: string[]; places: [number, number, number] }> {
    bad = /^bad/;
    const subject = uuidv7();
    const first = await recorded('bad secret', subject);
    const rest = [await recorded('second', subject), await recorded('third', subject)];
    await passed(rest[1]!.position);
    return {
      ids: [first, ...rest].map(({ id }) => id),
      places: [first.position, rest[0]!.position, rest[1]!.position],
    };
  }

  it('are listed page by page, without their data', async () => {
    const { ids, places } = await parkThree();
    const first = await call('GET', '/parked-events?reader=room&limit=2&sort=-position');
    expect(first.body.items.map((item: { position: number }) => item.position)).toEqual([places[2], places[1]]);
    const next = `limit=2&sort=-position&cursor=${first.body.nextCursor}`;
    const second = await call('GET', `/parked-events?reader=room&${next}`);
    expect(second.body.items[0]).toEqual({
      reader: 'room',
      position: places[0],
      state: 'parked',
      eventId: ids[0],
      type: 'deal.expired',
      subject: { type: 'deal', id: expect.any(String) },
      workspaceId: expect.any(String),
      error: 'Error: cannot read 10 letters',
      attempts: 1,
      parkedAt: expect.stringMatching(/Z$/),
    });
    expect(JSON.stringify([first.body, second.body])).not.toContain('secret');
    expect((await call('GET', `/parked-events?reader=facts&${next}`)).status).toBe(400);
    expect((await call('GET', '/parked-events?reader=facts')).body.items).toEqual([]);
    expect((await call('GET', '/parked-events?state=held')).body.items).toHaveLength(2);
    await call('DELETE', `/parked-events/room/${places[0]}`);
  });

  it('stay parked when they fail again, and are read with those behind them when they do not', async () => {
    const { ids, places } = await parkThree();
    const failed = await call('POST', `/parked-events/room/${places[0]}/retry`);
    expect([failed.status, failed.body]).toMatchObject([
      200,
      { read: 0, parked: { position: places[0], attempts: 2 } },
    ]);
    const held = await call('POST', `/parked-events/room/${places[1]}/retry`);
    expect([held.status, held.body.detail]).toEqual([
      409,
      'The event waits behind an earlier one about the same subject: settle that one first.',
    ]);
    expect(given).toEqual([]);
    bad = /third/;
    const read = await call('POST', `/parked-events/room/${places[0]}/retry`);
    expect(read.body).toMatchObject({ read: 2, parked: { position: places[2], state: 'parked', attempts: 1 } });
    expect(given).toEqual(['bad secret', 'second']);
    bad = undefined;
    expect((await call('POST', `/parked-events/room/${places[2]}/retry`)).body).toEqual({ read: 1, parked: null });
    expect(given).toEqual(['bad secret', 'second', 'third']);
    const about = (at: number, outcome: string) =>
      recordedAct('parked_event.retried', ids[at]!, {
        reader: 'room',
        position: places[at],
        type: 'deal.expired',
        outcome,
      });
    expect(await acts()).toEqual([about(0, 'failed'), about(0, 'read'), about(2, 'read')]);
  });

  it('are given up once, and those behind them are read', async () => {
    const { ids, places } = await parkThree();
    const answers = await Promise.all([1, 2].map(() => call('DELETE', `/parked-events/room/${places[0]}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 200)?.body).toEqual({ read: 2, parked: null });
    expect((await states())[places[0]]).toBe('discarded');
    expect(given).toEqual(['second', 'third']);
    const again = await call('POST', `/parked-events/room/${places[0]}/retry`);
    expect([again.status, again.body.detail]).toEqual([409, 'The event was given up already.']);
    expect(await acts()).toEqual([
      recordedAct('parked_event.discarded', ids[0]!, { reader: 'room', position: places[0], type: 'deal.expired' }),
    ]);
  });
});
