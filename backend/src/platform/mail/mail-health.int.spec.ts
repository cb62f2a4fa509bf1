import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { HealthChecks } from '#platform/telemetry/index.js';
import { testInstance, type TestInstance } from '#test/harness.js';
import { JobsProcess } from '#test/jobs/jobs-process.js';
import { MailModule } from './index.js';

let instance: TestInstance;
const open: { close(): unknown }[] = [];

beforeAll(async () => {
  instance = await testInstance();
});
afterAll(() => instance.dispose());
afterEach(async () => {
  jest.restoreAllMocks();
  for (const one of open.splice(0).reverse()) await one.close();
});

async function health(settings: Record<string, string>) {
  const started = await JobsProcess.start({ ...instance.env, ...settings }, [], [MailModule]);
  open.push(started);
  const checks = started.app.get(HealthChecks);
  const [part] = checks.all().filter(({ name }) => name === 'mail');
  return { vital: part!.vital, ask: () => checks.ask(part!) };
}

/** A real SMTP server that counts who connects, and asks for a password. */
async function mailServer(): Promise<{ port: number; connections: () => number; stop: () => Promise<void> }> {
  let connections = 0;
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    onConnect: (_session, done) => {
      connections++;
      done();
    },
    onAuth: ({ password }, _session, done) =>
      password === 'right' ? done(null, { user: 'us' }) : done(new Error('Wrong password')),
  });
  server.on('error', () => undefined);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const stop = () => new Promise<void>((done) => server.close(() => done()));
  open.push({ close: stop });
  return { port: (server.server.address() as AddressInfo).port, connections: () => connections, stop };
}

describe('the health of outgoing mail', () => {
  it('is up with the preview mailbox, and says that nothing is sent', async () => {
    const { vital, ask } = await health({});
    expect(vital).toBe(false);
    expect(await ask()).toMatchObject({
      up: true,
      sentence: 'No mail server is set: mails are kept in the preview mailbox and never sent.',
    });
  });

  it('asks the mail server, every half minute at most', async () => {
    const server = await mailServer();
    const { ask } = await health({ SMTP_URL: `smtp://us:right@127.0.0.1:${server.port}` });
    const first = await Promise.all([ask(), ask(), ask()]);
    const up = { up: true, sentence: 'The mail server takes connections.' };
    const details = { server: `127.0.0.1:${server.port}`, checked_seconds_ago: 0 };
    expect(first).toEqual(Array(3).fill({ ...up, details }));
    expect(server.connections()).toBe(1);
    await server.stop();
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 25_000);
    expect(await ask()).toMatchObject({ ...up, details: { checked_seconds_ago: 25 } });
    clock.mockReturnValue(now + 31_000);
    expect(await ask()).toMatchObject({
      up: false,
      sentence: expect.stringContaining('The mail server cannot be reached'),
    });
  });

  it('is down when the server refuses the password, which is not shown', async () => {
    const server = await mailServer();
    const { ask } = await health({ SMTP_URL: `smtp://us:mistaken@127.0.0.1:${server.port}` });
    const told = await ask();
    expect(told).toMatchObject({ up: false, sentence: expect.stringContaining('535') });
    expect(JSON.stringify(told)).not.toContain('mistaken');
  });

  it('is down when the server takes the connection and says nothing', async () => {
    const silent = createServer((socket) => void socket.on('error', () => undefined));
    await new Promise<void>((ready) => silent.listen(0, '127.0.0.1', ready));
    open.push(silent);
    const { ask } = await health({ SMTP_URL: `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}` });
    expect(await ask()).toMatchObject({
      up: false,
      sentence: expect.stringMatching(/^The mail server cannot be reached: .*(1\.9 s|[Tt]imeout|Greeting)/),
    });
  });
});
