import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { Grants } from '#platform/access/index.js';
import { Readers } from '#platform/event-log/index.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { type Shown, WebhookRoom } from '#test/webhooks.js';
import { EndpointStops } from './endpoint-stops.js';
import { WebhooksReader } from './webhooks.reader.js';

let room: WebhookRoom;
let team: TestWorkspace;

beforeAll(async () => {
  room = await WebhookRoom.open();
});
afterAll(() => room.close());
beforeEach(async () => {
  team = await room.make.workspace().create();
});

const change = async ({ id }: Shown, body: object | undefined) => {
  const url = team.url(`webhook-endpoints/${id}`);
  const { statusCode } = await room.call(team.owner, body ? 'PATCH' : 'DELETE', url, body);
  expect(statusCode).toBeLessThan(300);
};
const heardBy = async (eventId: string) => (await room.deliveries({ eventId })).map((row) => row.endpoint_id).sort();
const positionOf = async (eventId: string) =>
  Number((await room.rows<{ position: string }>('select position from event where id = $1', [eventId]))[0]!.position);
/** Lets the reader read once more what comes after an event, as a process does that takes over where another one ended. */
const readAgainAfter = async (eventId: string) => {
  await room.read();
  const position = await positionOf(eventId);
  await room.rows('delete from webhook_delivery returning 1');
  await room.rows(`update reader_cursor set position = $1 where reader = 'webhooks' returning 1`, [position]);
  await room.found(await room.make.workspace().create()); // wakes the reader
  await room.read();
};

describe('the endpoints that listen', () => {
  it('are those of the place in the log, whatever the rows say by now', async () => {
    const before = await room.found(team);
    const [early, changed, off, removed] = [
      await room.endpoint(team),
      await room.endpoint(team),
      await room.endpoint(team),
      await room.endpoint(team),
    ];
    const first = await room.found(team);
    await change(changed, { filter: 'type:nothing' });
    await change(off, { enabled: false });
    await change(removed, undefined);
    const late = await room.endpoint(team);
    const second = await room.found(team);
    await change(off, { enabled: true });
    await change(changed, { filter: '' });
    const third = await room.found(team);
    const wanted = async () => {
      await room.read();
      expect(await heardBy(first)).toEqual([early.id, changed.id, off.id, removed.id].sort());
      expect(await heardBy(second)).toEqual([early.id, late.id].sort());
      expect(await heardBy(third)).toEqual([early.id, changed.id, off.id, late.id].sort());
    };
    await wanted();
    // From after the first event: the rows are ahead, and are taken back.
    for (const place of [first, before]) {
      await readAgainAfter(place);
      expect(await heardBy(second)).toEqual([early.id, late.id].sort());
      expect(await heardBy(third)).toEqual([early.id, changed.id, off.id, late.id].sort());
      const again = await heardBy(first);
      // A removed endpoint is told nothing any more, though it listened then.
      expect(again).toEqual(place === before ? [early.id, changed.id, off.id].sort() : []);
    }
  });

  it('are told in shares where they are many, each once, though the process dies between two', async () => {
    const { app } = room.application;
    const [reader, readers, stops] = [app.get(WebhooksReader), app.get(Readers), app.get(EndpointStops)];
    const made = await Promise.all(Array.from({ length: 12 }, () => room.endpoint(team)));
    // None of the three shares of twelve is empty.
    const shareOf = ({ id }: { id: string }) => Number.parseInt(id.slice(-8), 16) % 3;
    while (new Set(made.map(shareOf)).size < 3) {
      const gone = made.shift();
      await room.rows('delete from webhook_endpoint where id = $1 returning 1', [gone?.id]);
      made.push(await room.endpoint(team));
    }
    await room.read();
    await readers.stop();
    const events = [await room.found(team), await room.found(team)];
    // The last thing that is done for each share.
    const last = jest.spyOn(stops, 'pauseDeaf');
    let deaths = 2;
    last.mockImplementation(async () => {
      if (last.mock.calls.length > 1 && deaths-- > 0)
        throw Object.assign(new Error('shutting down'), { code: '57P01' });
    });
    reader.atOnce = 4;
    try {
      await readers.start();
      await room.read();
    } finally {
      reader.atOnce = 5_000;
    }
    // Three shares of each event, and two that were undone.
    expect(last.mock.calls).toHaveLength(8);
    last.mockRestore();
    for (const event of events) expect(await heardBy(event)).toEqual(made.map(({ id }) => id).sort());
    for (const endpoint of made) {
      expect((await room.settled(endpoint.id)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
      expect(room.got(endpoint)).toHaveLength(2);
    }
  });

  it('with a filter that is not right any more hear nothing, and stop nobody else', async () => {
    const [broken, fine] = [await room.endpoint(team), await room.endpoint(team)];
    await room.rows(`update webhook_endpoint set filter = 'nosuchfield:1' where id = $1 returning 1`, [broken.id]);
    const place = await room.found(team);
    await room.found(team);
    await readAgainAfter(place);
    const eventId = await room.found(team);
    await room.read();
    expect(await heardBy(eventId)).toEqual([fine.id]);
    expect(await room.rows(`select 1 from parked_event`)).toEqual([]);
  });
});

describe('an endpoint whose owner may hear nothing for it any more', () => {
  type Case = { admin: TestPerson; endpoint: Shown; keyId: string };
  const member = (set: string) => async (of: Case) => {
    const text = `update membership set ${set} where workspace_id = $1 and user_id = $2 returning 1`;
    await room.rows(text, [team.id, of.admin.id]);
  };
  const key = (set: string) => async (of: Case) => {
    await room.rows(`update api_key set ${set} where id = $1 returning 1`, [of.keyId]);
  };
  const leaves = async ({ admin }: Pick<Case, 'admin'>) => {
    await room.rows('delete from membership where workspace_id = $1 and user_id = $2 returning 1', [team.id, admin.id]);
    room.application.app.get(Grants).invalidate();
  };
  const made = async (by: 'session' | 'key' = 'session', more: object = {}): Promise<Case> => {
    const admin = await room.make.person().in(team, 'admin').create();
    const scopes = ['webhooks:read', 'webhooks:write', 'workspace:read', 'deals:read'] as const;
    const made = await room.make
      .apiKey(team, admin)
      .scopes(...scopes)
      .create();
    const endpoint = await room.endpoint(team, more, by === 'key' ? (made as never) : admin);
    return { admin, endpoint, keyId: made.id };
  };
  const shown = async ({ id }: Shown) =>
    (await room.call(team.owner, 'GET', team.url(`webhook-endpoints/${id}`))).json<Shown>();
  const paused = async (endpoint: Shown) => {
    await room.until(async () => (await shown(endpoint)).state === 'paused');
    return shown(endpoint);
  };
  const told = async ({ id }: Shown) => (await room.application.events({ subjectId: id })).map(({ type }) => type);
  const call = (method: string, { id }: Shown, more: string, body?: object) =>
    room.call(team.owner, method, team.url(`webhook-endpoints/${id}${more}`), body);

  it.each<[string, 'session' | 'key', (of: Case) => Promise<void>, RegExp]>([
    ['left the workspace', 'session', leaves, /does not belong to the workspace/],
    ['is suspended', 'session', member('suspended_at = now()'), /is suspended/],
    ['suspended, by a key', 'key', member('suspended_at = now()'), /is suspended/],
    [
      'has a role that sees nothing of it',
      'session',
      async (of) => {
        const id = uuidv7();
        await room.rows(
          `insert into workspace_role (id, workspace_id, name, permissions, created_at, updated_at)
           values ($1, $2, 'Mail', '{workspace:read}', now(), now()) returning 1`,
          [id, team.id],
        );
        await member(`role = 'custom', role_id = '${id}'`)(of);
      },
      /may not see any more/,
    ],
    [
      'was erased',
      'session',
      async ({ endpoint }) =>
        void (await room.rows('update webhook_endpoint set owner_id = null where id = $1 returning 1', [endpoint.id])),
      /was erased/,
    ],
    ['made it by a key that was revoked', 'key', key('revoked_at = now()'), /key that made it was revoked/],
    [
      'made it by a key that has expired',
      'key',
      key(`expires_at = now() - interval '1 s'`),
      /key that made it has expired/,
    ],
  ])('is paused, and says why, when they: %s', async (_, by, ends, reason) => {
    const of = await made(by);
    await ends(of);
    const eventId = await room.found(team);
    const now = await paused(of.endpoint);
    expect(now.stateReason).toMatch(reason);
    expect(now.stateReason).toContain('takes it over (POST …/ownership)');
    expect(await told(of.endpoint)).toEqual([
      'webhook_endpoint.created',
      'webhook_endpoint.updated',
      'webhook_endpoint.paused',
    ]);
    const [event] = await room.application.events({ subjectId: of.endpoint.id, type: 'webhook_endpoint.paused' });
    expect(event!.data).toMatchObject({ failingSince: null, reason: now.stateReason });
    const mail = await room.application.mailTo(team.owner.email);
    expect(mail.subject).toMatch(/were stopped/);
    expect(mail.text).toMatch(reason);
    expect(await room.deliveries({ eventId })).toMatchObject([{ state: 'queued', attempts: 0 }]);
    const history = await room.call(team.owner, 'GET', team.url('webhook-deliveries'));
    expect(history.json()).toMatchObject({ items: [{ eventId, state: 'queued', heldBack: now.stateReason }] });
  });

  it('is paused for want of a second factor, but not because the whole workspace is closed', async () => {
    const { endpoint } = await made();
    const workspace = (set: string) => room.rows(`update workspace set ${set} where id = $1 returning 1`, [team.id]);
    room.sink.answer(new URL(endpoint.url).pathname, (_taken, response) => response.writeHead(500).end());
    const eventId = await room.found(team);
    await room.until(async () => (await room.deliveries({ eventId }))[0]?.attempts === 1);
    await workspace(`suspension = 'closed', suspended_at = now()`);
    const unheard = await room.found(team);
    await room.read();
    await room.hurry(endpoint.id);
    await room.until(async () => {
      const [row] = await room.rows<{ later: boolean }>(
        `select next_attempt_at > now() + interval '4 minutes' as later from webhook_delivery where event_id = $1`,
        [eventId],
      );
      return row!.later;
    });
    expect(await room.deliveries({ endpointId: endpoint.id })).toMatchObject([{ state: 'queued', attempts: 1 }]);
    expect(await room.deliveries({ eventId: unheard })).toEqual([]);
    await workspace(`suspension = null, suspended_at = null`);
    expect(await shown(endpoint)).toMatchObject({ state: 'enabled' });
    await workspace(`second_factor_required = true`);
    await room.found(team);
    await room.until(async () => (await told(endpoint)).includes('webhook_endpoint.paused'));
    await workspace(`second_factor_required = false`);
    expect((await shown(endpoint)).stateReason).toMatch(/no second factor/);
  });

  it('keeps what waits, and sends it by the sight of who takes it over', async () => {
    const { admin, endpoint } = await made();
    const path = new URL(endpoint.url).pathname;
    room.sink.answer(path, (_taken, response) => response.writeHead(500).end());
    const eventId = await room.found(team);
    await room.until(async () => (await room.deliveries({ eventId }))[0]?.attempts === 1);
    await leaves({ admin });
    await room.hurry(endpoint.id); // no event comes: the sender notices
    await paused(endpoint);
    expect(await room.deliveries({ endpointId: endpoint.id })).toMatchObject([
      { state: 'queued', attempts: 1, failures: 1 },
    ]);
    const refused = await call('PATCH', endpoint, '', { enabled: true });
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'webhook_endpoint_unheard']);
    expect(await shown(endpoint)).toMatchObject({ state: 'paused' });
    room.sink.answer(path, (_taken, response) => response.writeHead(204).end());
    expect((await call('POST', endpoint, '/ownership')).json()).toMatchObject({
      state: 'paused',
      ownerId: team.owner.id,
    });
    expect((await call('PATCH', endpoint, '', { enabled: true })).json()).toMatchObject({
      state: 'enabled',
      stateReason: null,
    });
    expect(await room.settled(endpoint.id)).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  it('is not taken over by who may see nothing of it either', async () => {
    const { endpoint } = await made();
    const blind = await room.make.apiKey(team, team.owner).scopes('webhooks:write', 'workspace:read').create();
    const answer = await room.call(blind as never, 'POST', team.url(`webhook-endpoints/${endpoint.id}/ownership`));
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'events_hidden']);
  });

  it('hears on when it is one of several types that they may not see', async () => {
    const { admin, endpoint } = await made('session', { types: ['deal.found', 'webhook_endpoint.created'] });
    await room.rows(`update membership set role = 'member' where user_id = $1 returning 1`, [admin.id]);
    const eventId = await room.found(team);
    await room.endpoint(team);
    expect((await room.settled(endpoint.id)).map(({ event_id }) => event_id)).toEqual([eventId]);
    expect(await shown(endpoint)).toMatchObject({ state: 'enabled' });
  });

  it('is paused once, whoever notices it, and not when ownership is taken meanwhile', async () => {
    const [first, second] = [await made(), await made()];
    for (const { endpoint } of [first, second]) {
      room.sink.answer(new URL(endpoint.url).pathname, (_taken, response) => response.writeHead(500).end());
      await room.until(async () => (await shown(endpoint)).state === 'enabled');
    }
    for (let n = 0; n < 20; n++) await room.found(team);
    await room.until(async () =>
      (await room.deliveries({ endpointId: second.endpoint.id })).some(({ attempts }) => attempts > 0),
    );
    const lock = {
      sql: 'select from webhook_endpoint where id = any($1) for update',
      values: [[first.endpoint.id, second.endpoint.id]],
    };
    // The reader, and the sender, wait for the row that somebody takes over.
    await room.application.race({ ...lock, until: 2 }, async () => {
      const taken = call('POST', second.endpoint, '/ownership');
      // The sender may wait as well, for what it looks up by `state`: only the one who takes it over names the workspace.
      const waiting = `
        select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%"workspace_id" =%for update'`;
      await room.until(async () => (await room.rows(waiting)).length > 0);
      for (const one of [first, second]) await leaves(one);
      for (let n = 0; n < 20; n++) await room.found(team);
      for (const { endpoint } of [first, second]) await room.hurry(endpoint.id);
      await taken;
    });
    await paused(first.endpoint);
    await room.read();
    expect((await told(first.endpoint)).filter((type) => type === 'webhook_endpoint.paused')).toHaveLength(1);
    expect(await shown(second.endpoint)).toMatchObject({ state: 'enabled', ownerId: team.owner.id });
    expect((await told(second.endpoint)).filter((type) => type === 'webhook_endpoint.paused')).toHaveLength(0);
    const kept = await room.deliveries({ endpointId: first.endpoint.id });
    expect(new Set(kept.map(({ state }) => state))).toEqual(new Set(['queued']));
    expect(kept.length).toBeGreaterThanOrEqual(20);
    await room.application.mailTo(team.owner.email);
    const mails = await room.rows('select 1 from preview_mail where $1 = any(recipients)', [team.owner.email]);
    expect(mails).toHaveLength(1);
  });
});

describe('two processes', () => {
  it('send each delivery once, and one goes on with what the other leaves', async () => {
    const endpoints = await Promise.all(
      Array.from({ length: 12 }, (_, n) => room.endpoint(team, { ordered: n % 3 === 0 })),
    );
    const other = await WebhookRoom.open({}, room.application.instance);
    try {
      for (let n = 0; n < 60; n++) await room.found(team);
      await room.read();
    } finally {
      // It ends while there is still something to send.
      await other.close();
    }
    for (const endpoint of endpoints) {
      const rows = await room.settled(endpoint.id, false);
      expect(rows.map(({ state, attempts }) => [state, attempts])).toEqual(Array(60).fill(['delivered', 1]));
      const ids = room.got(endpoint).map(({ headers }) => headers['webhook-id']);
      expect(ids.sort()).toEqual(rows.map(({ id }) => id).sort());
    }
  });
});
