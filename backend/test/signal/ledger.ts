// What must hold when everything has come to rest: each mail once, each deal once, each alert recorded once and sent.
import { expect } from '@jest/globals';
import pg from 'pg';
import type { SmtpSink } from './smtp-sink.js';

const REST_MS = 90_000;

interface Counts {
  messages: number;
  parsed: number;
  deals: number;
  found: number;
  notifications: number;
  deliveries: number;
  sent: number;
  open_jobs: number;
  outbox: number;
  behind: number;
}

const COUNTS = `
  select (select count(*)::int from message) as messages,
         (select count(*)::int from message where state = 'parsed') as parsed,
         (select count(*)::int from deal) as deals,
         (select count(distinct subject_id)::int from event where type = 'deal.found') as found,
         (select count(*)::int from notification where type <> 'delivery.failed') as notifications,
         (select count(*)::int from delivery) as deliveries,
         (select count(*)::int from delivery where state = 'sent') as sent,
         (select count(*)::int from job where queue in ('deals', 'alerts') and state in ('queued', 'running') and subject_type is not null) as open_jobs,
         (select count(*)::int from outbox) as outbox,
         (select coalesce(max(s.position - c.position), 0)::int from log_state s, reader_cursor c) as behind`;

/**
 * Waits until so many mails have gone all the way, and checks that nothing is lost and nothing doubled.
 *
 * @param mails how many were accepted; each holds one deal
 * @param subscriptions how many match each of them
 */
export async function expectSettled(url: string, sink: SmtpSink, mails: number, subscriptions: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const wanted = { messages: mails, parsed: mails, deals: mails, found: mails, outbox: 0, behind: 0, open_jobs: 0 };
    const each = mails * subscriptions;
    const alerts = { notifications: each, deliveries: each, sent: each };
    let counts: Counts | undefined;
    for (const until = Date.now() + REST_MS; Date.now() < until;) {
      counts = (await client.query<Counts>(COUNTS)).rows[0];
      if (counts && counts.sent >= alerts.sent && counts.outbox + counts.behind + counts.open_jobs === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(counts).toEqual({ ...wanted, ...alerts });
    await expectLogWhole(client, mails);
    await expectAlertsSent(client, sink, alerts.sent);
  } finally {
    await client.end();
  }
}

async function expectLogWhole(client: pg.Client, mails: number): Promise<void> {
  const { rows } = await client.query(
    `select count(*)::int as n, max(position)::int as last, (select position::int from log_state) as head,
            count(*) filter (where type = 'deal.found')::int as found,
            count(*) filter (where type = 'message.received')::int as received,
            count(*) filter (where type = 'delivery.sent')::int as told,
            count(distinct subject_id) filter (where type = 'delivery.sent')::int as told_once
       from event`,
  );
  const { n, last, head, found, received, told, told_once } = rows[0];
  expect({ last, head, found, received }).toEqual({ last: n, head: n, found: mails, received: mails });
  expect(told).toBe(told_once);
}

async function expectAlertsSent(client: pg.Client, sink: SmtpSink, alerts: number): Promise<void> {
  const { rows } = await client.query<{ id: string }>('select id from delivery');
  const alertMails = sink.mails.filter(({ headers }) => headers.has('list'));
  const arrived = new Set(alertMails.map(({ messageId }) => messageId.replace(/^<|@.*$/g, '')));
  expect(rows.filter(({ id }) => !arrived.has(id))).toEqual([]);
  // A repeat carries the Message-ID of the first: ids that arrived are those of the deliveries and no others.
  expect(arrived.size).toBe(alerts);
}
