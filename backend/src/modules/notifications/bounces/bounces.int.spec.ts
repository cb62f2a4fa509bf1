import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { v7 as uuidv7 } from 'uuid';
import { systemActor } from '#platform/access/index.js';
import { type EntityManager, Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { IncomingMail, Mailer, ReturnPaths } from '#platform/mail/index.js';
import { dealMail, type DealsKit, dealsKit, until } from '#test/deals-kit.js';
import { type Dovecot, startDovecot } from '#test/dovecot.js';
import { factory, type TestPerson } from '#test/factories.js';
import { NotificationsModule } from '../notifications.module.js';
import { Suppressions } from '../suppressions/suppressions.js';

const BOUNCES = 'bounces@returns.example.com';
/** The senders of the envelopes that arrived, by recipient. */
const senders = new Map<string, string>();
/** The token in the head of the mail that arrived, by recipient. */
const tokens = new Map<string, string>();
const sink = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onData(stream, { envelope }, done) {
    let raw = '';
    stream.on('data', (chunk: Buffer) => (raw += chunk.toString('latin1')));
    stream.on('end', () => {
      const token = /^X-Signalbox-Return: ([a-z2-7]{45})\r$/m.exec(raw)?.[1] ?? '';
      for (const { address } of envelope.rcptTo) tokens.set(address, token);
      const from = envelope.mailFrom ? envelope.mailFrom.address : '';
      for (const { address } of envelope.rcptTo) senders.set(address, from);
      done();
    });
  },
});
let kit: DealsKit;
let dovecot: Dovecot;

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
  dovecot = await startDovecot();
  kit = await dealsKit(settings, [NotificationsModule]);
});
afterAll(async () => {
  await kit.close();
  await dovecot.dispose();
  await new Promise<void>((closed) => sink.close(() => closed()));
});

let mails = 0;
/** Sends a mail. @returns the address that it comes back to */
async function returnOf(to: string, id: string = uuidv7()): Promise<string> {
  const messageId = `<${id}@example.com>`;
  await kit.app.get(Mailer).send({ to, subject: `Mail ${++mails}`, html: '<p>x</p>', text: 'x', messageId });
  return senders.get(to) ?? '';
}

/** What most servers repeat of the mail that came back. */
function originalOf(token: string): string[] {
  return ['--b', 'Content-Type: text/rfc822-headers', '', `X-Signalbox-Return: ${token}`, 'Subject: Mail', ''];
}

function complaintOf(recipient: string, token: string, type = 'abuse'): string {
  return [
    'From: feedback@provider.example',
    'Subject: FW: Mail',
    'Content-Type: multipart/report; report-type=feedback-report; boundary=b',
    '',
    '--b',
    'Content-Type: message/feedback-report',
    '',
    `Feedback-Type: ${type}`,
    'User-Agent: Provider/1.0',
    `Original-Rcpt-To: ${recipient}`,
    '',
    ...originalOf(token),
    '--b--',
    '',
  ].join('\r\n');
}

function reportOn(recipient: string, status: string, diagnostic = 'smtp; 550 no', token?: string): string {
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
    ...(token === undefined ? [] : originalOf(token)),
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

  it('is believed wherever it arrives, by what it repeats of the mail, and is no message of the source', async () => {
    const [ada, eve] = await Promise.all([person(), person()]);
    const source = await kit.source({ kind: 'smtp', name: 'Forwarded' });
    const to = String(source.address);
    const before = (await told()).length;
    await returnOf(ada.email);
    await returnOf(eve.email);
    const token = tokens.get(ada.email)!;
    expect(token).toHaveLength(45);
    const forged = [reportOn(ada.email, '5.1.1'), reportOn(ada.email, '5.1.1', 'smtp; 550 no', tokens.get(eve.email))];
    for (const report of forged) expect(await kit.mail(to, report)).toContain('Kept as');
    expect([await why(ada.email), await why(eve.email)]).toEqual([undefined, undefined]);
    expect((await told()).slice(before)).toEqual([]);
    const report = reportOn(ada.email, '5.1.1', 'smtp; 550 no', token);
    expect(await kit.mail(to, report)).not.toContain('Kept as');
    expect(await why(ada.email)).toContain('5.1.1');
    expect(await toldSince(before)).toEqual(['mail.bounced', 'address.suppressed']);
    // The mailbox is read again from its beginning.
    expect(await kit.app.get(IncomingMail).claim(Buffer.from(report))).toBe(true);
    expect(await toldSince(before)).toHaveLength(2);
  });

  it('is held back for good by a complaint, which only the mail itself proves', async () => {
    const [ada, eve] = await Promise.all([person(), person()]);
    const before = (await told()).length;
    const incoming = kit.app.get(IncomingMail);
    const claim = (raw: string) => incoming.claim(Buffer.from(raw));
    const [back] = [await returnOf(ada.email), await returnOf(eve.email)];
    const token = tokens.get(ada.email)!;
    expect(await claim(complaintOf(ada.email, 'a'.repeat(45)))).toBe(false);
    expect(await claim(complaintOf(ada.email, tokens.get(eve.email)!))).toBe(false);
    expect(await claim(complaintOf(ada.email, token, 'not-spam'))).toBe(false);
    expect((await told()).slice(before)).toEqual([]);
    expect(await claim(complaintOf(ada.email, token))).toBe(true);
    expect(await why(ada.email)).toBe('Mail to this address was reported as unwanted: abuse, Provider/1.0');
    const [event] = (await told()).slice(before);
    expect(event).toMatchObject({ type: 'address.suppressed', data: { status: 'complaint' } });
    // Also at the address of return, and once.
    await kit.mail(back, complaintOf(ada.email, token));
    expect(await toldSince(before)).toEqual(['address.suppressed']);
    // A complaint counts for more than what came back before.
    await kit.mail(await returnOf(eve.email), reportOn(eve.email, '5.1.1'));
    await claim(complaintOf('redacted', tokens.get(eve.email)!));
    expect(await why(eve.email)).toContain('5.1.1');
    await claim(complaintOf(eve.email, tokens.get(eve.email)!));
    expect(await why(eve.email)).toContain('reported as unwanted');
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

  it('is shown to the person whose address it is, who may let mail go there again', async () => {
    const [ada, bob] = await Promise.all([person(), person()]);
    const url = '/api/v1/me/mail-suppression';
    const shown = async ({ headers }: TestPerson) => (await kit.request('GET', url, { headers })).json<object>();
    const lift = ({ headers }: TestPerson) => kit.request('DELETE', url, { headers });
    expect(await shown(ada)).toEqual({ address: ada.email, suppressed: null });
    expect((await lift(ada)).statusCode).toBe(404);
    await kit.mail(await returnOf(ada.email), reportOn(ada.email, '5.1.1', 'smtp; 550 5.1.1 gone'));
    expect(await shown(ada)).toMatchObject({
      suppressed: { reason: 'bounce', detail: '5.1.1 550 5.1.1 gone', since: expect.any(String), liftedBy: 'you' },
    });
    expect(await shown(bob)).toMatchObject({ suppressed: null });
    const before = (await told()).length;
    const answers = await Promise.all([lift(ada), lift(ada)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([204, 404]);
    expect(await why(ada.email)).toBeUndefined();
    const [event, ...more] = (await told()).slice(before);
    expect(event).toMatchObject({ type: 'address.released', actor: { kind: 'user', id: ada.id } });
    expect(more).toEqual([]);
    await kit.app.get(Transactions).run((em) => kit.app.get(Suppressions).add(em, bob.email, 'operator', null));
    expect(await shown(bob)).toMatchObject({ suppressed: { reason: 'operator', liftedBy: 'operator' } });
    const refused = await lift(bob);
    expect([refused.statusCode, refused.json()]).toMatchObject([409, { code: 'address_held_by_operator' }]);
    expect(await why(bob.email)).toBeDefined();
  });

  it('is read in a mailbox that a source follows, which keeps its own mail only', async () => {
    const ada = await person();
    await returnOf(ada.email);
    const report = reportOn(ada.email, '5.1.1', 'smtp; 550 no', tokens.get(ada.email));
    dovecot.deliver('returns', report);
    dovecot.deliver('returns', dealMail('A deal'));
    const settings = { host: '127.0.0.1', port: dovecot.port, security: 'none', user: 'returns' };
    const source = await kit.source({
      kind: 'imap',
      name: 'Returns',
      settings,
      credentials: { password: dovecot.password('returns') },
    });
    const kept = () => kit.call<{ items: { subject: string }[] }>('GET', `messages?sourceId=${source.id}`);
    await until(async () => (await kept()).items.length > 0 && (await why(ada.email)) !== undefined);
    expect((await kept()).items.map(({ subject }) => subject)).toEqual(['A deal']);
    expect(await why(ada.email)).toContain('5.1.1');
    await kit.call('DELETE', `sources/${source.id}`);
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
