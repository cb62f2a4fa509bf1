import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { wholeApplication, type WholeApplication } from '../whole-application.js';
import { Attacker, type Reply } from './attacker.js';
import { operationsOf, type Operation } from './operations.js';
import { hostileRequests } from './requests.js';

const FULL = process.env['SIGNALBOX_TEST_FULL'] === '1';
const REQUESTS = FULL ? 20_000 : 2_000;
const AT_ONCE = 8;
const RUNS = 25;
/** So many more, at most, for a handler that none of these reached. */
const MORE = 300;
/** The same requests in every `npm test`, others in every long run; a failure says which. */
const SEED = Number(process.env['SIGNALBOX_TEST_SEED'] ?? (FULL ? Date.now() % 2 ** 31 : 20_261_121));

jest.setTimeout(FULL ? 3_600_000 : 300_000);

let whole: WholeApplication;
let attacker: Attacker;
let operations: Operation[];
const reached = new Map<string, number>();
const statuses = new Map<number, number>();
let sent = 0;
/** Those that were made to be named. */
let parkedBefore = new Set<string>();

/** What the readers of the log could not read. */
const parked = () =>
  whole.make.sql<{ reader: string; position: string; error: string }>(
    `select reader, position, error from parked_event where state <> 'discarded' order by position`,
    [],
  );

beforeAll(async () => {
  whole = await wholeApplication({ SIGNALBOX_REGISTRATION: 'open' }, (name) => {
    const id = name.replace(/^./, (first) => first.toLowerCase()).replace('Controller.', '_');
    reached.set(id, (reached.get(id) ?? 0) + 1);
  });
  attacker = await Attacker.prepare(whole);
  operations = operationsOf(whole.document);
  reached.clear();
  parkedBefore = new Set((await parked()).map(({ position }) => position));
});
afterAll(async () => {
  attacker.close();
  await whole.close();
});

/** @throws Error naming the request when the answer is none that a caller could be given */
function judge(operation: Operation, { status, headers, body, sent: request }: Reply): void {
  const fault = faultOf(operation, status, String(headers['content-type'] ?? ''), body);
  if (fault) throw new Error(`${fault}: ${status} ${body.slice(0, 1000)}\n${request}`);
}

function faultOf({ method, path }: Operation, status: number, type: string, body: string): string | undefined {
  const item = whole.document.paths[path] as Record<string, { responses: Record<string, unknown> }>;
  const documented = item[method.toLowerCase()]?.responses ?? {};
  if (status >= 500 && !(status === 503 && '503' in documented)) return 'A fault of ours';
  if (status < 200 || (status >= 300 && status < 400 && status !== 304)) return 'A strange status';
  if (status < 400 || body === '') return undefined;
  if (!type.startsWith('application/problem+json')) return 'A refusal that is no problem document';
  const { code, detail } = JSON.parse(body) as { code?: string; detail?: string };
  return code && detail && /[.?!]$/.test(detail) ? undefined : 'A refusal without code or sentence';
}

describe('hostile requests of somebody with valid credentials', () => {
  it(`are answered without a fault of ours and without a hang: ${REQUESTS}`, async () => {
    const batches = fc.array(hostileRequests(operations), { minLength: 1, maxLength: AT_ONCE, size: 'max' });
    const property = fc.asyncProperty(batches, async (batch) => {
      const replies = await Promise.allSettled(batch.map((request) => attacker.send(request)));
      sent += batch.length;
      replies.forEach((reply, n) => {
        if (reply.status === 'rejected') throw reply.reason;
        statuses.set(reply.value.status, (statuses.get(reply.value.status) ?? 0) + 1);
        judge(batch[n]!.operation, reply.value);
      });
    });
    for (let seed = SEED; sent < REQUESTS; seed++)
      await fc.assert(property, { seed, numRuns: RUNS, endOnFailure: false, interruptAfterTimeLimit: 3_000_000 });
    // Chance passes some handlers by: those are asked for by name.
    for (const operation of operations.filter(({ id }) => !reached.has(id)))
      for (const request of fc.sample(hostileRequests([operation]), { seed: SEED, numRuns: MORE }))
        if (!reached.has(operation.id)) judge(operation, await attacker.send(request));
    expect(sent).toBeGreaterThanOrEqual(REQUESTS);
  });

  it('reach a handler, four out of five, and each handler there is', () => {
    const handled = [...reached.values()].reduce((sum, n) => sum + n, 0);
    const figures = { handled: handled / sent, statuses: Object.fromEntries([...statuses].sort(([a], [b]) => a - b)) };
    if (process.env['SPEC_LOG']) console.log(figures, Object.fromEntries(reached));
    expect({ ...figures, enough: figures.handled >= 0.8 }).toMatchObject({ enough: true });
    expect(operations.map(({ id }) => id).filter((id) => !reached.has(id))).toEqual([]);
  });

  it('leave the application as able as it was', async () => {
    const health = async (path: string) => (await fetch(`${whole.url}${path}`)).status;
    expect([await health('/health/live'), await health('/health/ready')]).toEqual([200, 200]);
    const faults = (await parked()).filter(({ position }) => !parkedBefore.has(position));
    const stopped = await whole.make.sql(`select reader from reader_cursor where state = 'stopped'`, []);
    expect({ faults, stopped }).toEqual({ faults: [], stopped: [] });
  });
});
