// The power cut, seen by webhooks: kill -9 at random instants while mails pour in and endpoints are told of the deals in them.
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from '@jest/globals';
import pg from 'pg';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { pour } from './mail-pour.js';
import { World } from './world.js';

const LONGEST_LIFE_MS = 1500;
const REST_MS = 120_000;

interface Got {
  path: string;
  id: string;
  body: string;
  verified: boolean;
}

/** A real server whose paths are endpoints: `/plain` takes everything, `/flaky` fails each fifth message the first time. */
async function receiver(secrets: Map<string, string>) {
  const got: Got[] = [];
  const failed = new Set<string>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      got.push({ path, id, body, verified: fits(secrets.get(path), body, request.headers as Record<string, string>) });
      const fails = path === '/flaky' && !failed.has(id) && (failed.size + got.length) % 5 === 0;
      if (fails) failed.add(id);
      response.writeHead(fails ? 500 : 204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { got, failed, url: (path: string) => `http://127.0.0.1:${port}${path}`, server };
}

function fits(secret: string | undefined, body: string, headers: Record<string, string>): boolean {
  try {
    return secret !== undefined && new Webhook(secret).verify(body, headers) !== undefined;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

const REST = `
  select (select count(*)::int from event where type = 'deal.found') as found,
         (select count(*)::int from webhook_delivery where state = 'queued') as waiting,
         (select count(*)::int from outbox) as outbox,
         (select count(*)::int from job where queue = 'deals' and state in ('queued', 'running') and subject_type is not null) as parsing,
         (select coalesce(max(s.position - c.position), 0)::int from log_state s, reader_cursor c) as behind`;

/**
 * Kills the application so many times at random instants while it delivers, starts it again each time, and checks that every
 * endpoint was told of every deal: one row each, nothing missing, and each repeat outside with the id and body of the first.
 */
export async function webhooksSurviveKills(kills: number): Promise<void> {
  const world = await World.create([]);
  const secrets = new Map<string, string>();
  const { got, failed, url, server } = await receiver(secrets);
  const client = new pg.Client({ connectionString: world.databaseUrl });
  try {
    await client.connect();
    const ids = new Map<string, string>();
    for (const [path, more] of [
      ['/plain', {}],
      ['/ordered', { ordered: true }],
      ['/flaky', {}],
      ['/poisoned', {}],
    ] as const) {
      const body = { url: url(path), types: ['deal.found'], ...more };
      const made = await world.team.call<{ id: string; secret: string }>('POST', '/webhook-endpoints', body);
      secrets.set(path, made.secret);
      ids.set(path, made.id);
    }
    // A filter that was right once: its field has left the catalogue since.
    await client.query(`update webhook_endpoint set filter = 'nosuchfield:1' where id = $1`, [ids.get('/poisoned')]);
    await world.killApp();
    const poured = pour(world.app.smtpPort, world.address);
    for (let i = 0; i < kills; i++) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LIFE_MS));
      await world.killApp();
    }
    const mails = await poured.finish();
    expect(mails).toBeGreaterThan(kills);
    let rest: Record<string, number> = {};
    for (
      const until = Date.now() + REST_MS;
      Date.now() < until;
      await new Promise((resolve) => setTimeout(resolve, 200))
    ) {
      rest = (await client.query<Record<string, number>>(REST)).rows[0]!;
      if (rest['found'] === mails && rest['waiting']! + rest['outbox']! + rest['parsing']! + rest['behind']! === 0)
        break;
    }
    expect(rest).toEqual({ found: mails, waiting: 0, outbox: 0, parsing: 0, behind: 0 });
    const told = ['/plain', '/ordered', '/flaky'];
    const { rows } = await client.query<{ id: string; endpoint_id: string; state: string; event_id: string }>(
      `select d.id, d.endpoint_id, d.state, d.event_id from webhook_delivery d join event e on e.id = d.event_id and e.type = 'deal.found'`,
    );
    for (const path of told) {
      const of = rows.filter(({ endpoint_id }) => endpoint_id === ids.get(path));
      expect(of).toHaveLength(mails);
      expect(new Set(of.map(({ event_id }) => event_id)).size).toBe(mails);
      expect(of.filter(({ state }) => state !== 'delivered')).toEqual([]);
      // Every delivery arrived, and nothing else did; a repeat is the same message.
      const arrived = Map.groupBy(
        got.filter((one) => one.path === path),
        ({ id }) => id,
      );
      expect([...arrived.keys()].sort()).toEqual(of.map(({ id }) => id).sort());
      for (const [, same] of arrived) expect(new Set(same.map(({ body }) => body)).size).toBe(1);
    }
    expect(rows).toHaveLength(told.length * mails);
    expect(got.filter(({ verified }) => !verified)).toEqual([]);
    expect(failed.size).toBeGreaterThan(0);
    // Repeats outside: those that the receiver asked for, and what was under way when the process died.
    const repeats = got.length - told.length * mails - failed.size;
    expect(repeats).toBeLessThanOrEqual((kills + 1) * 3 * 16);
  } finally {
    await client.end();
    server.closeAllConnections();
    server.close();
    await world.dispose();
  }
}
