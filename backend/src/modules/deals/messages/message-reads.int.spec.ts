import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Storage } from '#platform/storage/index.js';
import { dealMail, dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import type { SourceView } from '../sources/sources.schemas.js';
import type { MessageView } from './messages.schemas.js';

jest.setTimeout(60_000);
let kit: DealsKit;
let source: SourceView;
let port: number;
/** Gives the bytes that are held back. */
let release = (): void => undefined;

beforeAll(async () => {
  kit = await dealsKit();
  source = await kit.source({ kind: 'smtp', name: 'A' });
  await kit.app.listen(0, '127.0.0.1');
  port = (kit.app.getHttpServer().address() as AddressInfo).port;
});
afterEach(() => {
  release();
  jest.restoreAllMocks();
});
afterAll(() => kit?.close());

async function received(subject: string): Promise<string> {
  return settled(await kit.mail(source.address!, dealMail(subject)));
}

/** Waits until a message that was sent is read. @returns its id */
async function settled(answer: string): Promise<string> {
  const id = /Kept as (\S+)/.exec(answer)![1]!;
  await until(async () => (await kit.rows(`select from message where id = $1 and state <> 'received'`, [id])).length);
  return id;
}

/** Holds the bytes of some messages back until `release`; others are given. @returns the keys that were asked for so far */
async function holdBack(...ids: string[]): Promise<string[]> {
  const rows = await kit.rows<{ storage_key: string }>('select storage_key from message where id = any($1::uuid[])', [
    ids,
  ]);
  const keys = rows.map((row) => row.storage_key);
  const storage = kit.app.get(Storage);
  const get = storage.get.bind(storage);
  const given = new Promise<void>((resolve) => (release = resolve));
  const asked: string[] = [];
  jest.spyOn(storage, 'get').mockImplementation(async (key) => {
    if (keys.includes(key)) {
      asked.push(key);
      await given;
    }
    return get(key);
  });
  return asked;
}

interface Answer {
  status: number;
  retryAfter?: string;
  body: string;
}

/** Asks for a message over a connection of its own, which can be cut. */
function ask(id: string) {
  const options = { port, host: '127.0.0.1', path: kit.team.url(`messages/${id}`), headers: kit.owner.headers };
  const request = httpRequest({ ...options, agent: false });
  const answer = new Promise<Answer>((resolve, reject) => {
    request.on('error', reject).on('response', (response) => {
      let body = '';
      response.on('data', (bytes) => (body += String(bytes)));
      response.on('end', () =>
        resolve({ status: response.statusCode!, retryAfter: response.headers['retry-after'], body }),
      );
    });
  });
  request.end();
  return { answer, leave: () => request.destroy() };
}

/** The first answer that says no. */
function firstRefusal(answers: Promise<Answer>[]): Promise<Answer> {
  const refusals = answers.map(async (answer) => {
    const { status } = await answer;
    if (status === 200) throw new Error('It was answered.');
    return answer;
  });
  return Promise.any(refusals);
}

/** How many connections are open. */
const connections = () =>
  new Promise<number>((resolve, reject) =>
    kit.app
      .getHttpServer()
      .getConnections((error: Error | null, count: number) => (error ? reject(error) : resolve(count))),
  );

describe('many people who open messages at once', () => {
  it('wait without their bytes, up to a number; then they are asked to come again, and mail is read all the same', async () => {
    const id = await received('Opened often');
    await kit.call('GET', `messages/${id}`);
    const asked = await holdBack(id);
    const answers = Array.from({ length: 40 }, () => ask(id).answer);
    const refused = await firstRefusal(answers);
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'messages_busy', status: 503 });
    expect(asked).toHaveLength(1);
    // What comes in has threads of its own: this would wait for ever otherwise.
    await received('Denver to Lyon from $490 round trip');
    release();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(33);
    expect(statuses.filter((status) => status === 503)).toHaveLength(7);
    expect((await kit.call<MessageView>('GET', `messages/${id}`)).subject).toBe('Opened often');
  });

  it('leave the queue when they go away', async () => {
    const [first, second] = [await received('First'), await received('Second')];
    const asked = await holdBack(first, second);
    const reader = ask(first);
    await until(async () => asked.length === 1);
    const before = await connections();
    const leavers = Array.from({ length: 33 }, () => ask(second));
    // The queue is full as soon as one is refused.
    await firstRefusal(leavers.map(({ answer }) => answer));
    leavers.forEach(({ leave }) => leave());
    await until(async () => (await connections()) <= before);
    const late = ask(first);
    release();
    expect((await Promise.all([reader.answer, late.answer])).map(({ status }) => status)).toEqual([200, 200]);
    // Nobody's bytes were read for nobody.
    expect(asked).toHaveLength(2);
    expect(new Set(asked).size).toBe(1);
  });
});

describe('the raw bytes of a message', () => {
  it('are sent as they are read, never held whole', async () => {
    const raw = dealMail('Raw', 'x'.repeat(200_000));
    const id = await settled(await kit.mail(source.address!, raw));
    const whole = jest.spyOn(kit.app.get(Storage), 'get');
    for (const coding of ['identity', 'gzip']) {
      const headers = { ...kit.owner.headers, 'accept-encoding': coding };
      const answer = await fetch(`http://127.0.0.1:${port}${kit.team.url(`messages/${id}/raw`)}`, { headers });
      expect(answer.headers.get('content-type')).toContain('message/rfc822');
      expect(await answer.text()).toBe(raw);
    }
    expect(whole).not.toHaveBeenCalled();
  });

  it('that are missing are told of', async () => {
    const id = await received('Raw and lost');
    const [row] = await kit.rows<{ storage_key: string }>('select storage_key from message where id = $1', [id]);
    await kit.app.get(Storage).delete(row!.storage_key);
    const answer = await kit.request('GET', kit.team.url(`messages/${id}/raw`), { headers: kit.owner.headers });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([422, 'message_unreadable']);
  });
});
