import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { v7 as uuidv7 } from 'uuid';
import { systemActor } from '#platform/access/index.js';
import { type EntityManager, Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Mailer, ReturnPaths } from '#platform/mail/index.js';
import { type DealsKit, dealsKit, until } from '#test/deals-kit.js';
import { factory, type TestPerson } from '#test/factories.js';
import { NotificationsModule } from '../notifications.module.js';
import { Suppressions } from '../suppressions/suppressions.js';

const BOUNCES = 'bounces@returns.example.com';
/** The senders of the envelopes that arrived, by recipient. */
const senders = new Map<string, string>();
const sink = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onData(stream, { envelope }, done) {
    stream.resume();
    stream.on('end', () => {
      const from = envelope.mailFrom ? envelope.mailFrom.address : '';
      for (const { address } of envelope.rcptTo) senders.set(address, from);
      done();
    });
  },
});
let kit: DealsKit;

beforeAll(async () => {
  await new Promise<void>((listening) => sink.listen(0, '127.0.0.1', () => listening()));
  const { port } = sink.server.address() as AddressInfo;
  const settings = {
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    SIGNALBOX_BOUNCE_ADDRESS: BOUNCES,
    SIGNALBOX_SMTP_IN_PORT: '0',
    SIGNALBOX_SMTP_IN_HOST: '127.0.0.1',
    SIGNALBOX_BOUNCES: '3',
  };
  kit = await dealsKit(settings, [NotificationsModule]);
});
afterAll(async () => {
  await kit.close();
  await new Promise<void>((closed) => sink.close(() => closed()));
});

let mails = 0;
/** Sends a mail. @returns the address that it comes back to */
async function returnOf(to: string, id: string = uuidv7()): Promise<string> {
  const messageId = `<${id}@example.com>`;
  await kit.app.get(Mailer).send({ to, subject: `Mail ${++mails}`, html: '<p>x</p>', text: 'x', messageId });
  return senders.get(to) ?? '';
}

function reportOn(recipient: string, status: string, diagnostic = 'smtp; 550 no'): string {
  return [
    'From: MAILER-DAEMON@mx.example.org',
    'Subject: Undelivered Mail',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.org',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    `Status: ${status}`,
    `Diagnostic-Code: ${diagnostic}`,
    '',
    '--b--',
    '',
  ].join('\r\n');
}

const person = () => factory(kit.app).person().in(kit.team).create();
const why = (address: string) => kit.app.get(Suppressions).why(address);
const told = async () => {
  const events = await kit.events();
  return events.filter(({ type }) => /^(mail\.bounced|address\.)/.test(type));
};
const toldSince = async (before: number) => (await told()).slice(before).map(({ type }) => type);

describe('mail that comes back', () => {
  it('holds an address back at once that does not exist, and tells its owner’s log', async () => {
    const ada = await person();
    const before = (await told()).length;
    const back = await returnOf(ada.email);
    expect(back).toMatch(/^bounces\+[a-z2-7]{45}@returns\.example\.com$/);
    expect(await kit.mail(back, reportOn(ada.email, '5.1.1', 'smtp; 550 5.1.1 User unknown'))).toContain('250');
    expect(await why(ada.email)).toContain('5.1.1 550 5.1.1 User unknown');
    expect(await toldSince(before)).toEqual(['mail.bounced', 'address.suppressed']);
    const [scope] = await kit.rows<{ scope_id: string }>(
      `select scope_id from (select * from (select type, scope_id from outbox) o union all select type, scope_id from event) e
        where type = 'address.suppressed' and scope_id = $1`,
      [ada.id],
    );
    expect(scope?.scope_id).toBe(ada.id);
    // Once more, as some servers do.
    await kit.mail(back, reportOn(ada.email, '5.1.1'));
    expect(await toldSince(before)).toHaveLength(2);
  });

  it('is shown on the delivery that it was, which its own reader sees', async () => {
    const [ada, eve] = await Promise.all([person(), person()]);
    const [notificationId, deliveryId, unsent] = [uuidv7(), uuidv7(), uuidv7()];
    await kit.rows(
      `insert into notification (id, workspace_id, user_id, topic, type, subject_type, subject_id, scope_kind, position, events, total, form)
       values ($1, $2, $3, 'deals', 'deal.found', 'deal', 'x', 'workspace', 1, '[]', 1, 'single') returning id`,
      [notificationId, kit.team.id, ada.id],
    );
    const tries = [{ attempt: 2, at: new Date().toISOString(), tookMs: 3, outcome: 'sent', answer: '250 queued' }];
    for (const [id, channel, state] of [
      [deliveryId, 'mail', 'sent'],
      [unsent, 'push', 'queued'],
    ])
      await kit.rows(
        `insert into delivery (id, workspace_id, user_id, notification_id, event_id, event_position, event_type, subject_id,
                               channel, state, job_id, attempt, response, tries, sent_at)
         values ($1, $2, $3, $4, $1, 1, 'deal.found', 'x', $5, $6, $1, 2, '250 queued', $7, now()) returning id`,
        [id, kit.team.id, ada.id, notificationId, channel, state, JSON.stringify(tries)],
      );
    const shown = async (id: string) => {
      const url = kit.team.url(`deliveries/${id}`);
      return (await kit.request('GET', url, { headers: ada.headers })).json<Record<string, unknown>>();
    };
    const before = await shown(unsent);
    // Who got another mail cannot say so of this one.
    await kit.mail(await returnOf(eve.email, deliveryId), reportOn(ada.email, '5.2.2'));
    expect(await shown(deliveryId)).toMatchObject({ response: '250 queued', tries });
    const back = await returnOf(ada.email, deliveryId);
    for (let n = 1; n <= 2; n++) await kit.mail(back, reportOn(ada.email, '5.2.2', 'smtp; 552 mailbox full'));
    const words = 'It came back: 5.2.2 552 mailbox full';
    expect(await shown(deliveryId)).toMatchObject({
      state: 'sent',
      response: words,
      tries: [...tries, { attempt: 2, outcome: 'failed', answer: words, tookMs: 0 }],
    });
    await kit.mail(await returnOf(ada.email, unsent), reportOn(ada.email, '5.2.2'));
    expect(await shown(unsent)).toEqual(before);
  });

  it('for passing reasons holds an address back the third time, counting each mail once', async () => {
    const ada = await person();
    const before = (await told()).length;
    for (let n = 1; n <= 2; n++) {
      const back = await returnOf(ada.email);
      await kit.mail(back, reportOn(ada.email, '5.2.2'));
      await kit.mail(back, reportOn(ada.email, '4.2.2'));
    }
    expect(await why(ada.email)).toBeUndefined();
    await kit.mail(await returnOf(ada.email), reportOn(ada.email, '4.4.7'));
    expect(await why(ada.email)).toContain('4.4.7');
    expect((await toldSince(before)).filter((type) => type === 'address.suppressed')).toHaveLength(1);
  });

  it('does not count when it was long ago', async () => {
    const ada = await person();
    for (let n = 1; n <= 2; n++) await kit.mail(await returnOf(ada.email), reportOn(ada.email, '5.2.2'));
    await kit.rows(`update mail_bounce set at = now() - interval '15 days' returning 1`);
    await kit.mail(await returnOf(ada.email), reportOn(ada.email, '5.2.2'));
    expect(await why(ada.email)).toBeUndefined();
  });

  it('holds nobody back by a report that is made up', async () => {
    const [ada, eve] = await Promise.all([person(), person()]);
    const before = (await told()).length;
    // Eve knows how her own mail came to her.
    const hers = await returnOf(eve.email);
    await kit.mail(hers, reportOn(ada.email, '5.1.1'));
    expect(await why(ada.email)).toBeUndefined();
    const [local = '', domain] = hers.split('@');
    const guessed = `${local.slice(0, -3)}aaa@${domain}`;
    await kit.mail(guessed, reportOn(eve.email, '5.1.1')).catch(() => undefined);
    expect(await why(eve.email)).toBeUndefined();
    await expect(kit.mail(BOUNCES, reportOn(ada.email, '5.1.1'))).rejects.toThrow(/5\.1\.1/);
    await expect(kit.mail(`bounces+x@returns.example.com`, reportOn(ada.email, '5.1.1'))).rejects.toThrow(/5\.1\.1/);
    const old = kit.app.get(ReturnPaths).of(ada.email, `<${uuidv7()}@x>`, Date.now() - 20 * 86_400_000)!;
    await expect(kit.mail(old, reportOn(ada.email, '5.1.1'))).rejects.toThrow(/5\.1\.1/);
    expect(await why(ada.email)).toBeUndefined();
    expect((await told()).slice(before)).toEqual([]);
  });

  it('is dealt with beside mail for a source, in one delivery', async () => {
    const ada = await person();
    const source = await kit.source({ kind: 'smtp', name: 'Newsletters' });
    const back = await returnOf(ada.email);
    const answer = await kit.mail([String(source.address), back], reportOn(ada.email, '5.1.1'));
    expect(answer).toContain('Kept as');
    expect(await why(ada.email)).toBeDefined();
  });

  it('no longer holds an address back whose owner has read a link there since', async () => {
    const [ada, eve, bob] = await Promise.all([person(), person(), person()]);
    for (const { email } of [ada, eve]) await kit.mail(await returnOf(email), reportOn(email, '5.1.1'));
    const suppressions = kit.app.get(Suppressions);
    await kit.app.get(Transactions).run((em) => suppressions.add(em, bob.email, 'complaint', null));
    const proven = (who: TestPerson, occurredAt: Date, em: EntityManager) =>
      kit.app.get(EventLog).record(em, 'user.email_verified', {
        workspaceId: SYSTEM_WORKSPACE,
        scope: { kind: 'user', id: who.id },
        subjectId: who.id,
        actor: systemActor(),
        data: {},
        occurredAt,
      });
    // Eve's mail came back after she had confirmed; Bob complained.
    await kit.app.get(Transactions).run(async (em) => {
      proven(eve, new Date(Date.now() - 3_600_000), em);
      proven(bob, new Date(), em);
      proven(ada, new Date(), em);
    });
    await until(async () => (await why(ada.email)) === undefined);
    expect([await why(eve.email), await why(bob.email)]).toEqual([expect.any(String), expect.any(String)]);
    const released = await kit.events({ type: 'address.released' });
    expect(released.at(-1)).toMatchObject({ actor: { kind: 'system' } });
    expect(released).toHaveLength(1);
  });

  it('is listed for operators without whole addresses, who may let mail go there again', async () => {
    const [ada, operator] = await Promise.all([person(), factory(kit.app).person().operator().create()]);
    const words = `smtp; 550 5.1.1 <${ada.email}>: gone`;
    await kit.mail(await returnOf(ada.email), reportOn(ada.email, '5.1.1', words));
    const url = '/api/v1/instance/suppressed-addresses';
    const list = await kit.request('GET', url, { headers: operator.headers });
    expect(list.body).not.toContain(ada.email);
    const { items } = list.json<{ items: { id: string; address: string; detail: string }[] }>();
    const [first] = items;
    expect(first).toMatchObject({ address: `${ada.email[0]}…@${ada.email.split('@')[1]}`, reason: 'bounce' });
    expect(first!.detail).toBe('5.1.1 550 5.1.1 <…>: gone');
    expect((await kit.request('GET', url, { headers: kit.owner.headers })).statusCode).toBe(403);
    const gone = await kit.request('DELETE', `${url}/${first!.id}`, { headers: operator.headers });
    expect(gone.statusCode).toBe(204);
    expect(await why(ada.email)).toBeUndefined();
    expect(await kit.events({ subjectId: first!.id })).toMatchObject([
      { type: 'address.suppressed' },
      { type: 'address.released', actor: { id: operator.id } },
    ]);
    expect((await kit.request('DELETE', `${url}/${first!.id}`, { headers: operator.headers })).statusCode).toBe(404);
  });
});
