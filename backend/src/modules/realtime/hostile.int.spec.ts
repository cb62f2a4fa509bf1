import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsersModule } from '#modules/users/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson } from '#test/factories.js';
import { ask, askAnything, ended, next, openSocket, type TestSocket } from '#test/sockets.js';
import { RealtimeModule } from './index.js';

let application: TestApplication;
let person: TestPerson;
let url: string;

beforeAll(async () => {
  application = await startApplication([UsersModule, RealtimeModule], {
    SIGNALBOX_SOCKETS_PER_PERSON: '1000',
    SIGNALBOX_SOCKET_MESSAGES: '50',
    SIGNALBOX_SOCKET_MESSAGE_KB: '16',
  });
  await application.app.listen(0, '127.0.0.1');
  url = await application.app.getUrl();
  person = await factory(application.app).person().create();
});
afterAll(() => application.close());

/** A socket that sends frames as they are, below Socket.IO. */
async function rawSocket(
  auth = true,
): Promise<{ send: (frame: string | Uint8Array<ArrayBuffer>) => void; closed: Promise<string[]> }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/?EIO=4&transport=websocket`);
  const heard: string[] = [];
  const closed = new Promise<string[]>((resolve) => socket.addEventListener('close', () => resolve(heard)));
  const until = (start: string) =>
    new Promise<void>((resolve) =>
      socket.addEventListener('message', ({ data }) => String(data).startsWith(start) && resolve()),
    );
  socket.addEventListener('message', ({ data }) => heard.push(String(data)));
  await until('0{');
  if (auth) {
    const greeted = until('42["hello"');
    socket.send(`40${JSON.stringify({ token: person.token })}`);
    await greeted;
  }
  return { send: (frame) => socket.send(frame), closed };
}

/** The server still serves others. */
const alive = async () => {
  const { socket } = await openSocket(url, person.token);
  expect(await ask(socket, 'head', {})).toMatchObject({ ok: true });
  socket.disconnect();
};

const emit = (socket: TestSocket, name: string, ...values: unknown[]) =>
  (socket as unknown as { emit(name: string, ...values: unknown[]): void }).emit(name, ...values);

describe('a message', () => {
  it('of an unknown name is answered, or told to be wrong where it wants no answer', async () => {
    const { socket } = await openSocket(url, person.token);
    for (const name of ['listen', 'toString', '__proto__', 'constructor', 'hello', ''])
      expect(await askAnything(socket, name, {})).toMatchObject({ ok: false, problem: { code: 'unknown_message' } });
    const told = next(socket, 'problem');
    emit(socket, 'x'.repeat(1000), {});
    expect(await told).toMatchObject({ code: 'unknown_message', message: 'x'.repeat(100) });
    socket.disconnect();
  });

  it('without an acknowledgement is not carried out, and told so', async () => {
    const { socket } = await openSocket(url, person.token);
    const told = next(socket, 'problem');
    emit(socket, 'head', {});
    expect(await told).toMatchObject({ code: 'no_acknowledgement', message: 'head' });
    socket.disconnect();
  });

  it('with another body than its schema says is refused, and leaves no trace in what objects inherit', async () => {
    const { socket } = await openSocket(url, person.token);
    const own = JSON.parse('{"token":"a","__proto__":{"polluted":true}}') as object;
    const bodies = [undefined, null, 7, 'a', [], ['a'], {}, { token: 1 }, { token: '' }, { token: 'a', more: 1 }, own];
    for (const body of [...bodies, { token: 'x'.repeat(5000) }, Buffer.from('token'), { token: Buffer.from('a') }])
      expect(await askAnything(socket, 'renew', body)).toMatchObject({
        ok: false,
        problem: { code: 'validation_failed' },
      });
    expect(await askAnything(socket, 'renew', { token: 'a' }, { token: 'b' })).toMatchObject({
      problem: { code: 'validation_failed' },
    });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    socket.disconnect();
  });

  it('that watches, enters or writes is refused with any other body, and changes nothing', async () => {
    const team = await factory(application.app).workspace().ownedBy(person).create();
    const { socket } = await openSocket(url, person.token);
    const workspaceId = team.id;
    const bodies: Record<string, object[]> = {
      watch: [
        { workspaceId, filter: 'x'.repeat(4001) },
        { workspaceId, target: '__proto__' },
        { workspaceId, target: '' },
        { workspaceId, types: [] },
        { workspaceId, types: ['__proto__'] },
        { workspaceId, types: Array<string>(201).fill('deal.found') },
        { workspaceId, after: 1.5, epoch: 'a' },
        { workspaceId, after: Number.MAX_VALUE, epoch: 'a' },
        { workspaceId, after: '1; drop table event', epoch: 'a' },
        { workspaceId, after: 1, epoch: '' },
        { workspaceId: [workspaceId] },
        { workspaceId: `${workspaceId}'` },
      ],
      unwatch: [{ watch: 7 }, { watch: 'x'.repeat(41) }, { watch: { toString: 1 } }],
      enter: [
        { workspaceId, page: '../\0' },
        { workspaceId, page: ['a'] },
        { workspaceId: 'a', page: 'a' },
      ],
      leave: [{ workspaceId }, { page: 'a' }],
      typing: [
        { workspaceId, page: 'a'.repeat(201) },
        { workspaceId, page: 'a', userId: person.id },
      ],
    };
    for (const [name, wrong] of Object.entries(bodies))
      for (const body of [undefined, null, 7, [], {}, { ...wrong[0], more: 1 }, ...wrong])
        expect(await askAnything(socket, name, body)).toMatchObject({
          ok: false,
          problem: { code: 'validation_failed' },
        });
    for (const filter of ['(', '"', 'type:', 'a'.repeat(3999), '('.repeat(3000), '\u0000', '\ud800', ')'.repeat(100)]) {
      const answer = await askAnything(socket, 'watch', { workspaceId, filter });
      expect(answer).toMatchObject({
        ok: false,
        problem: { code: 'filter_refused', position: { start: expect.any(Number) } },
      });
    }
    expect(await ask(socket, 'head', {})).toMatchObject({ ok: true });
    socket.disconnect();
  });

  it('of any shape is answered by a problem, and the socket goes on', async () => {
    const { socket } = await openSocket(url, person.token);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('renew', 'head', 'watch', 'unwatch', 'enter', 'leave', 'typing', 'other'),
        fc.array(fc.jsonValue({ maxDepth: 4 }), { minLength: 1, maxLength: 3 }),
        async (name, values) => {
          const answer = await askAnything(socket, name, ...values);
          expect(answer).toMatchObject(answer.ok ? {} : { problem: { code: expect.stringMatching(/^[a-z_]+$/) } });
          // Slower than the limit on messages.
          await new Promise((resolve) => setTimeout(resolve, 15));
        },
      ),
      { numRuns: 60 },
    );
    expect(await ask(socket, 'head', {})).toMatchObject({ ok: true });
    socket.disconnect();
  });
});

describe('a packet', () => {
  const nested = '['.repeat(7000) + ']'.repeat(7000);
  it.each([
    ['no JSON', '42[not json'],
    ['of an unknown type', '49["head"]'],
    ['with a reserved name', '42["disconnect"]'],
    ['with a name that listeners have', '42["newListener",1]'],
    ['without a name', '42[]'],
    ['no list', '42{"head":1}'],
    ['with more attachments than any', '4599999-["head",{"_placeholder":true,"num":0}]'],
    ['with an attachment that is none', '451-["head",{"_placeholder":true,"num":7}]', Uint8Array.of(1)],
    ['that announces an attachment and sends a text', '451-["head",{"_placeholder":true,"num":0}]', '42["head"]'],
    ['that is an attachment of nothing', Uint8Array.of(1, 2, 3)],
    ['larger than allowed', `42["head","${'x'.repeat(20_000)}"]`],
    [
      'nested without end, with an attachment',
      `451-["head",${nested},{"_placeholder":true,"num":0}]`,
      Uint8Array.of(1),
    ],
    ['that opens the socket a second time', '40{}'],
    ['of another protocol', '2probe'],
  ])('that is %s ends the connection or is passed over, and nobody else’s', async (_, ...frames) => {
    const { socket } = await openSocket(url, person.token);
    const { send, closed } = await rawSocket();
    for (const frame of frames) send(frame as string);
    // Whatever was wrong: an end, or an answer that it goes on.
    send('421["head",{}]');
    send('41');
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 300))]);
    expect(await ask(socket, 'head', {})).toMatchObject({ ok: true });
    socket.disconnect();
    await alive();
  });

  it('that cannot be decoded is said to be so', async () => {
    const { send, closed } = await rawSocket();
    send('42[not json');
    expect((await closed).at(-2)).toContain('malformed_packet');
  });

  it('before any credentials ends the connection', async () => {
    for (const frame of ['42["head",{}]', '42[not json', '4']) {
      const { send, closed } = await rawSocket(false);
      send(frame);
      expect((await closed).join()).not.toContain('position');
    }
    await alive();
  });

  it('after packet beyond the limit ends the socket, and no other', async () => {
    const { socket: quiet } = await openSocket(url, person.token);
    const { socket } = await openSocket(url, person.token);
    const told = ended(socket);
    for (let count = 0; count < 400; count++) emit(socket, 'head', {});
    expect(await told).toMatchObject({ code: 'too_many_messages' });
    expect(await ask(quiet, 'head', {})).toMatchObject({ ok: true });
    quiet.disconnect();
  });
});
