import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { Transactions } from '#platform/database/index.js';
import { eraseEvents } from '#platform/event-log/index.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { Room } from '#test/subscriptions.js';

/** What the server took, and how often each address was offered. */
const taken: { to: string; raw: string }[] = [];
const offered = new Map<string, number>();

const refusal = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode });

/** A real SMTP server whose behaviour the recipient chooses. */
const sink: SMTPServer = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onRcptTo({ address }, _session, callback) {
    const times = (offered.get(address) ?? 0) + 1;
    offered.set(address, times);
    if (address.startsWith('gone')) return callback(refusal(550, 'No such mailbox here'));
    if (address.startsWith('grey') && times <= 2) return callback(refusal(450, 'Greylisted, come back later'));
    if (address.startsWith('busy')) return callback(refusal(451, 'Try again later'));
    callback();
  },
  onData(stream, session, callback) {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const [{ address = '' } = {}] = session.envelope.rcptTo;
      taken.push({ to: address, raw: Buffer.concat(chunks).toString('utf8') });
      const first = taken.filter(({ to }) => to === address).length === 1;
      // Takes the mail and dies before it says so.
      if (address.startsWith('lost') && first) return hangUp(session.id);
      callback(null, 'queued as 42');
    });
  },
});
sink.on('error', () => undefined);

function hangUp(id: string): void {
  const { connections } = sink as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> };
  for (const connection of connections) if (connection.id === id) connection._socket.destroy();
}

let room: Room;
let team: TestWorkspace;

const to = (email: string) => taken.filter((mail) => mail.to === email).map(({ raw }) => raw);
const header = (raw: string, name: string) =>
  new RegExp(`^${name}: *(.*)$`, 'im').exec(raw.replace(/\r\n[ \t]+/g, ' '))?.[1];
const told = (subjectId: string) => room.application.events({ subjectId });
const person = (email: string) => room.make.person().email(`${email}@alerts.example`).in(team).create();
/** Subscribes somebody to a number of their own and lets it happen. */
const alerted = async (who: TestPerson, z: number, name = `z is ${z}`) => {
  const { id } = await room.subscribe(who, team, `z:${z}`, { name });
  const eventId = await room.found(team, { z });
  return { id, eventId };
};
/** The same, with the job kept back until `release`. */
const held = async (who: TestPerson, z: number) => {
  await room.rows(`create or replace function hold() returns trigger language plpgsql as
    $$ begin new.next_attempt_at := now() + interval '1 hour'; return new; end $$`);
  await room.rows('create or replace trigger hold before insert on job for each row execute function hold()', []);
  const { id, eventId } = await alerted(who, z);
  await room.read();
  await room.rows('drop trigger hold on job', []);
  const [delivery] = await room.deliveries({ subscriptionId: id });
  const release = () =>
    room.rows('update job set next_attempt_at = now(), announced_at = null where id = $1', [delivery?.job_id]);
  return { id, eventId, release };
};

beforeAll(async () => {
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', () => resolve()));
  const { port } = sink.server.address() as AddressInfo;
  room = await Room.open({
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    SIGNALBOX_MAIL_FROM: 'Box <box@signals.example>',
    SIGNALBOX_CIRCUIT_FAILURES: '1000',
    SIGNALBOX_PUBLIC_URL: 'https://signals.example',
  });
  team = await room.make.workspace().create();
});
afterAll(async () => {
  await room.close();
  await new Promise<void>((resolve) => sink.close(() => resolve()));
});

describe('an alert', () => {
  it('is sent once, says how to end it, and is recorded for its owner', async () => {
    const ada = await person('ada');
    const { id, eventId } = await alerted(ada, -1, 'Cheap ones');
    const delivery = await room.settled(id);
    expect(delivery).toMatchObject({ state: 'sent', attempt: 1, error: null, job_state: 'done' });
    const [raw = '', ...more] = to(ada.email);
    expect(more).toEqual([]);
    expect(header(raw, 'Message-ID')).toBe(`<${delivery.id}@signals.example>`);
    expect(header(raw, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    expect(header(raw, 'List-Unsubscribe')).toMatch(/^<https:\/\/signals\.example\/api\/v1\/unsubscriptions\/[^>]+>$/);
    expect(header(raw, 'Subject')).toBe('Found: New York to Lisbon');
    expect(await told(delivery.id)).toEqual([
      expect.objectContaining({
        type: 'delivery.sent',
        workspaceId: team.id,
        data: expect.objectContaining({ subscriptionId: id, eventId, channel: 'mail', channelId: null, attempt: 1 }),
      }),
    ]);
    await room.read();
    const [scope] = await room.rows('select scope_kind, scope_id from event where subject_id = $1', [delivery.id]);
    expect(scope).toEqual({ scope_kind: 'user', scope_id: ada.id });
  });

  it('is tried again while the server puts it off', async () => {
    const grey = await person('grey');
    const { id } = await alerted(grey, -2);
    await room.until(
      async () =>
        (await room.deliveries({ subscriptionId: id }))[0]?.job_state === 'queued' && offered.get(grey.email) === 1,
    );
    const url = team.url(`subscriptions/${id}/deliveries`);
    type Item = { state: string; error: string; nextAttemptAt: string; attempts: number };
    let item: Item | undefined;
    await room.until(async () => {
      [item] = (await room.call(grey, 'GET', url)).json<{ items: Item[] }>().items;
      return typeof item?.error === 'string';
    });
    expect(item).toMatchObject({
      state: 'queued',
      attempts: 1,
      error: expect.stringContaining('Greylisted'),
      nextAttemptAt: expect.any(String),
    });
    const delivery = await room.settled(id);
    expect(delivery).toMatchObject({ state: 'sent', attempt: 3, error: null });
    expect(offered.get(grey.email)).toBe(3);
    expect(to(grey.email)).toHaveLength(1);
    expect((await told(delivery.id)).map(({ type }) => type)).toEqual(['delivery.sent']);
  });

  it('is given up after fourteen attempts', async () => {
    const busy = await person('busy');
    const { id } = await alerted(busy, -3);
    const delivery = await room.settled(id);
    expect(delivery).toMatchObject({
      state: 'failed',
      job_state: 'parked',
      error: expect.stringContaining('Try again later'),
    });
    expect(offered.get(busy.email)).toBe(14);
    expect((await told(delivery.id)).map(({ type }) => type)).toEqual(['delivery.failed']);
  });

  it('stops at once when the server refuses it for good, and says why', async () => {
    const gone = await person('gone');
    const { id, eventId } = await alerted(gone, -4);
    const delivery = await room.settled(id);
    expect(delivery).toMatchObject({
      state: 'failed',
      job_state: 'parked',
      error: expect.stringContaining('No such mailbox'),
    });
    expect(offered.get(gone.email)).toBe(1);
    expect(await told(delivery.id)).toEqual([
      expect.objectContaining({
        type: 'delivery.failed',
        data: expect.objectContaining({
          subscriptionId: id,
          eventId,
          channel: 'mail',
          reason: expect.stringContaining('No such mailbox'),
          refused: true,
        }),
      }),
    ]);
  });

  it('keeps its Message-ID when it is sent again because the answer was lost', async () => {
    const lost = await person('lost');
    const { id } = await alerted(lost, -5);
    const delivery = await room.settled(id);
    expect(delivery).toMatchObject({ state: 'sent', attempt: 2 });
    const ids = to(lost.email).map((raw) => header(raw, 'Message-ID'));
    expect(ids).toEqual([`<${delivery.id}@signals.example>`, `<${delivery.id}@signals.example>`]);
    expect((await told(delivery.id)).map(({ type }) => type)).toEqual(['delivery.sent']);
  });

  it('is not sent again when its job runs once more after it was sent', async () => {
    const twice = await person('twice');
    const { id } = await alerted(twice, -6);
    const { id: deliveryId, job_id: jobId } = await room.settled(id);
    await room.rows(`update job set state = 'queued', next_attempt_at = now(), announced_at = null where id = $1`, [
      jobId,
    ]);
    await room.until(async () => (await room.deliveries({ subscriptionId: id }))[0]?.job_state === 'done');
    expect(to(twice.email)).toHaveLength(1);
    expect(await told(deliveryId)).toHaveLength(1);
  });
});

describe('nothing is sent', () => {
  const unsent = async (who: TestPerson, id: string, reason: RegExp) => {
    const delivery = await room.settled(id);
    // Nobody can repair it, so it is no parked work.
    expect(delivery).toMatchObject({ state: 'failed', job_state: 'done', error: expect.stringMatching(reason) });
    expect(to(who.email)).toEqual([]);
    expect(offered.has(who.email)).toBe(false);
    const events = await told(delivery.id);
    expect(events).toEqual([
      expect.objectContaining({ type: 'delivery.failed', data: expect.objectContaining({ reason: delivery.error }) }),
    ]);
  };

  it('to a person who has left the workspace since', async () => {
    const leaver = await person('leaver');
    const { id, release } = await held(leaver, -11);
    await room.rows('delete from membership where user_id = $1', [leaver.id]);
    await release();
    await unsent(leaver, id, /no longer belongs/);
  });

  it('to a person whose role lets them see it no more', async () => {
    const blind = await person('blind');
    const { id, release } = await held(blind, -15);
    await room.demote(blind, team, ['workspace:read', 'subscriptions:read']);
    await release();
    await unsent(blind, id, /may not see the event any more/);
    const mail = await room.call(blind, 'GET', team.url(`subscriptions/${id}/mail-preview`));
    expect(mail.statusCode).toBe(403);
  });

  it('to a person who has left the project since', async () => {
    const leaver = await person('of-project');
    const { id, eventId, release } = await held(leaver, -13);
    await room.rows(`update event set scope_kind = 'project', scope_id = $1 where id = $2`, [team.id, eventId]);
    await release();
    await unsent(leaver, id, /may not see the event any more/);
  });

  it('to an address that nobody confirmed', async () => {
    const hasty = await room.make.person().email('hasty@alerts.example').unverified().in(team).create();
    const { id } = await alerted(hasty, -12);
    await unsent(hasty, id, /not confirmed/);
  });

  it.each(['paused', 'removed'])('after the subscription was %s', async (how) => {
    const quitter = await person(`quitter-${how}`);
    const { id, release } = await held(quitter, how === 'paused' ? -13 : -14);
    const url = team.url(`subscriptions/${id}`);
    if (how === 'paused') await room.call(quitter, 'PATCH', url, { paused: true });
    else await room.call(quitter, 'DELETE', url);
    await release();
    await unsent(quitter, id, /paused or removed/);
  });

  it('about an event that was erased', async () => {
    const late = await person('late');
    const { id, eventId, release } = await held(late, -15);
    await room.application.app.get(Transactions).run((em) => eraseEvents(em, [eventId]));
    await release();
    await unsent(late, id, /erased/);
  });
});
