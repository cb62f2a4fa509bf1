import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Reads, Transactions } from '#platform/database/index.js';
import { EventLogModule } from '#platform/event-log/index.js';
import { JobsApiModule, JobsModule } from '#platform/jobs/index.js';
import { bootHttp, person, type HttpKit } from '#test/http-kit.js';
import { eventually } from '#test/jobs/jobs-process.js';
import { MailApiModule, Mailer, MailModule } from './index.js';

const EVENTS = `
  select data from (select type, data from outbox union all select type, data from event) as recorded
   where type = 'preview_mailbox.cleared'`;

let kit: HttpKit;
const operator = person({ operator: true });
const call = (method: string, path: string) => kit.call(method, `/api/v1${path}`, { as: operator });

beforeAll(async () => {
  kit = await bootHttp({
    imports: [EventLogModule, JobsModule, JobsApiModule, MailModule, MailApiModule],
    env: { SIGNALBOX_JOBS_SWEEP_MS: '50' },
  });
});
afterAll(() => kit.close());

describe('the preview mailbox', () => {
  it('is for operators only', async () => {
    for (const method of ['GET', 'DELETE']) {
      expect((await kit.call(method, '/api/v1/preview-mailbox', { as: person() })).status).toBe(403);
      expect((await kit.call(method, '/api/v1/preview-mailbox')).status).toBe(401);
    }
  });

  it('keeps what was sent, shows it without its scripts, and is emptied', async () => {
    const mailer = kit.app.get(Mailer);
    const html = '<p>Hi <script>x()</script><img src="https://t.example/a.gif"></p>';
    await mailer.send({ to: 'a@x.example', subject: 'One', html, text: 'Hi' });
    const blocks = [{ type: 'button' as const, label: 'Go', url: 'https://x.example/r?token=abc' }];
    const mail = { to: 'b@x.example', subject: 'Two', locale: 'en', heading: 'Two', blocks };
    const id = await kit.app.get(Transactions).run((em) => mailer.queueMail(em, mail));
    await eventually(async () => (await call('GET', '/preview-mailbox')).body.items.length === 2);
    const { items } = (await call('GET', '/preview-mailbox?sort=createdAt')).body;
    expect(items.map(({ subject }: { subject: string }) => subject)).toEqual(['One', 'Two']);
    const one = (await call('GET', `/preview-mailbox/${items[0].id}`)).body;
    expect(one).toMatchObject({ to: ['a@x.example'], text: 'Hi', html: '<p>Hi <img /></p>' });
    const two = (await call('GET', `/preview-mailbox/${items[1].id}`)).body;
    expect(two.messageId).toBe(`<${id}@localhost>`);
    expect(two.html).toContain('https://x.example/r?token=abc');
    expect((await call('GET', `/jobs/${id}`)).body.payload).toEqual({ sealed: true });
    expect((await call('DELETE', '/preview-mailbox')).body).toEqual({ count: 2 });
    expect((await call('GET', '/preview-mailbox')).body.items).toEqual([]);
    expect((await call('GET', `/preview-mailbox/${items[0].id}`)).status).toBe(404);
    expect(await kit.app.get(Reads).adHoc(EVENTS, [])).toEqual([{ data: { count: 2 } }]);
  });
});
