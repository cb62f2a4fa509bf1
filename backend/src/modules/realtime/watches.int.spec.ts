import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { CommandBody } from '#contract/realtime/index.js';
import { UsersModule } from '#modules/users/index.js';
import { type StandingPlace, systemActor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { EventLog, LogTail } from '#platform/event-log/index.js';
import { EventSight, FilterTargets } from '#platform/filters/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type Factory } from '#test/factories.js';
import { expire, Heard, sealed } from '#test/live-events.js';
import { ask, next, openSocket, type TestSocket } from '#test/sockets.js';
import { RealtimeModule } from './index.js';
import type { LiveSocket } from './server/live-socket.js';
import { Standings } from './standings/standings.js';

let here: TestApplication;
let make: Factory;
let url: string;

beforeAll(async () => {
  here = await startApplication([UsersModule, RealtimeModule], {
    SIGNALBOX_SOCKET_HEARTBEAT_MS: '100',
    SIGNALBOX_SOCKET_WATCHES: '3',
    SIGNALBOX_SOCKET_REPLAY: '3000',
  });
  here.app.get(EventSight).place('deals:read', ['deal.expired']);
  await here.app.listen(0, '127.0.0.1');
  url = await here.app.getUrl();
  make = factory(here.app);
});
afterAll(() => here.close());

/** Opens a watch that shall be let in. */
async function watch(socket: TestSocket, body: CommandBody<'watch'>) {
  const answer = await ask(socket, 'watch', body);
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.detail}`);
  return answer;
}

const refusal = async (socket: TestSocket, body: object) => {
  const answer = await ask(socket, 'watch', body as CommandBody<'watch'>);
  return answer.ok ? 'ok' : answer.problem;
};

async function opened(token: string) {
  const { socket, hello } = await openSocket(url, token);
  return { socket, hello, heard: new Heard(socket) };
}

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `e${n + from}`);

describe('a watch', () => {
  it('brings the events that its filter finds, as they may be seen, and says when it is live', async () => {
    const team = await make.workspace().create();
    const { socket, heard } = await opened(team.owner.token);
    const { watch: name, epoch, position } = await watch(socket, { workspaceId: team.id, filter: 'type:deal.expired' });
    await heard.until('live', 1);
    const [id] = await expire(here.app, team.id, ['one']);
    await heard.until('event', 1);
    const [found] = heard.of('event');
    expect(found).toMatchObject({
      watch: name,
      event: {
        id,
        type: 'deal.expired',
        version: 1,
        workspaceId: team.id,
        scope: { kind: 'workspace', id: null },
        subject: { type: 'deal' },
        actor: { kind: 'system', id: null, userId: null },
        data: { title: 'one' },
      },
    });
    expect(found?.event.position).toBeGreaterThan(position);
    expect(Object.keys(found?.event.actor ?? {}).sort()).toEqual(['id', 'kind', 'userId']);
    expect(epoch).toBe((await here.app.get(LogTail).head()).epoch);
    socket.disconnect();
  });

  it('brings what changed, when the event tells what was before', async () => {
    const team = await make.workspace().create();
    const { socket, heard } = await opened(team.owner.token);
    const changed = await watch(socket, { workspaceId: team.id, filter: 'changed:status was.status:active' });
    const everything = await watch(socket, { workspaceId: team.id });
    await heard.until('live', 2);
    const data = { title: 'told', status: 'expired', before: { status: 'active' } } as const;
    const event = { workspaceId: team.id, subjectId: uuidv7(), actor: systemActor(), data };
    await here.app.get(Transactions).run(async (em) => here.app.get(EventLog).record(em, 'deal.expired', event));
    await expire(here.app, team.id, ['of before']);
    await heard.until('event', 3);
    expect([heard.titles(changed.watch), heard.titles(everything.watch)]).toEqual([['told'], ['told', 'of before']]);
    socket.disconnect();
  });

  it('brings nothing of another type, workspace or filter, and nothing once it is ended', async () => {
    const [team, other] = [await make.workspace().create(), await make.workspace().create()];
    const { socket, heard } = await opened(team.owner.token);
    const typed = await watch(socket, { workspaceId: team.id, types: ['deal.found'] });
    const filtered = await watch(socket, { workspaceId: team.id, filter: 'type:deal.found' });
    const everything = await watch(socket, { workspaceId: team.id });
    await heard.until('live', 3);
    await expire(here.app, other.id, ['elsewhere']);
    await expire(here.app, team.id, ['here']);
    await heard.until('event', 1);
    expect([heard.titles(typed.watch), heard.titles(filtered.watch), heard.titles(everything.watch)]).toEqual([
      [],
      [],
      ['here'],
    ]);
    expect(await ask(socket, 'unwatch', { watch: everything.watch })).toMatchObject({ ok: true });
    expect(await ask(socket, 'unwatch', { watch: everything.watch })).toMatchObject({ ok: true });
    const again = await watch(socket, { workspaceId: team.id, filter: 'type:deal.*' });
    await heard.until('live', 4);
    await expire(here.app, team.id, ['after']);
    await heard.until('event', 2);
    expect([heard.titles(everything.watch), heard.titles(again.watch)]).toEqual([['here'], ['after']]);
    socket.disconnect();
  });

  it('that two sockets or one of them twice ask for is one each, and one’s end is not the others’', async () => {
    const team = await make.workspace().create();
    const [one, two] = [await opened(team.owner.token), await opened(team.owner.token)];
    const body = { workspaceId: team.id, filter: 'type:deal.expired' };
    const [first, twice, second] = [
      await watch(one.socket, body),
      await watch(one.socket, body),
      await watch(two.socket, body),
    ];
    expect(first.watch).not.toBe(twice.watch);
    await Promise.all([one.heard.until('live', 2), two.heard.until('live', 1)]);
    // Of somebody else's socket: nothing happens to it.
    await ask(two.socket, 'unwatch', { watch: twice.watch });
    await expire(here.app, team.id, ['a']);
    await Promise.all([one.heard.until('event', 2), two.heard.until('event', 1)]);
    await ask(one.socket, 'unwatch', { watch: first.watch });
    await expire(here.app, team.id, ['b']);
    await Promise.all([one.heard.until('event', 3), two.heard.until('event', 2)]);
    expect([one.heard.titles(first.watch), one.heard.titles(twice.watch), two.heard.titles(second.watch)]).toEqual([
      ['a'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
    for (const { socket } of [one, two]) socket.disconnect();
  });

  it('is refused with the position of what is wrong in its filter', async () => {
    const team = await make.workspace().create();
    const { socket } = await opened(team.owner.token);
    expect(await refusal(socket, { workspaceId: team.id, filter: 'tipe:deal.found' })).toMatchObject({
      code: 'filter_refused',
      position: { start: 0, end: 4 },
      suggestion: 'type',
    });
    socket.disconnect();
  });

  it('is refused on a target, type, position or workspace that there is not', async () => {
    const team = await make.workspace().create();
    const { socket, hello } = await opened(team.owner.token);
    const of = (more: object) => refusal(socket, { workspaceId: team.id, ...more });
    expect(await of({ target: 'nothing' })).toMatchObject({ code: 'validation_failed' });
    expect(await of({ types: ['deal.sung'] })).toMatchObject({ code: 'validation_failed' });
    expect(await of({ types: ['toString'] })).toMatchObject({ code: 'validation_failed' });
    expect(await of({ after: 1 })).toMatchObject({ code: 'validation_failed' });
    expect(await of({ epoch: hello.epoch })).toMatchObject({ code: 'validation_failed' });
    expect(await of({ after: -1, epoch: hello.epoch })).toMatchObject({ code: 'validation_failed' });
    expect(await of({ workspaceId: uuidv7() })).toMatchObject({ code: 'not_found' });
    const other = await make.workspace().create();
    expect(await of({ workspaceId: other.id })).toMatchObject({ code: 'not_found' });
    socket.disconnect();
  });

  it('is one of so many of a socket, also when many are asked for at once', async () => {
    const team = await make.workspace().create();
    const { socket } = await opened(team.owner.token);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => ask(socket, 'watch', { workspaceId: team.id, filter: 'type:deal.*' })),
    );
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.problem.code)).sort()).toEqual([
      'ok',
      'ok',
      'ok',
      'too_many_watches',
      'too_many_watches',
      'too_many_watches',
    ]);
    socket.disconnect();
  });
});

describe('what was missed', () => {
  it('is replayed from the last position, once, in order, while more comes', async () => {
    const team = await make.workspace().create();
    const { socket, hello, heard } = await opened(team.owner.token);
    await expire(here.app, team.id, numbers(1200));
    await sealed(here.app, hello.position + 1200);
    const meanwhile = (async () => {
      for (let n = 0; n < 40; n++) await expire(here.app, team.id, numbers(5, 1200 + n * 5));
    })();
    const { watch: name, reset } = await watch(socket, {
      workspaceId: team.id,
      filter: 'type:deal.expired',
      after: hello.position,
      epoch: hello.epoch,
    });
    expect(reset).toBeNull();
    await meanwhile;
    await heard.until('event', 1400);
    expect(heard.titles(name)).toEqual(numbers(1400));
    const positions = heard.of('event').map(({ event }) => event.position);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
    expect(heard.of('live')).toHaveLength(1);
    socket.disconnect();
  });

  it('goes on exactly behind the position of a heartbeat', async () => {
    const team = await make.workspace().create();
    const first = await opened(team.owner.token);
    const { watch: name } = await watch(first.socket, { workspaceId: team.id });
    await first.heard.until('live', 1);
    await expire(here.app, team.id, ['seen']);
    await first.heard.until('event', 1);
    const seen = first.heard.of('event')[0]?.event.position ?? 0;
    let beat = await next(first.socket, 'heartbeat');
    while (beat.position < seen) beat = await next(first.socket, 'heartbeat');
    expect(first.heard.titles(name)).toEqual(['seen']);
    first.socket.disconnect();
    await expire(here.app, team.id, ['missed']);
    await sealed(here.app, seen + 1);
    const second = await opened(team.owner.token);
    await watch(second.socket, { workspaceId: team.id, after: beat.position, epoch: beat.epoch });
    await second.heard.until('live', 1);
    expect(second.heard.titles()).toEqual(['missed']);
    second.socket.disconnect();
  });

  it('is not replayed from another epoch, from too far back, from a future or from what was pruned: one begins anew', async () => {
    const team = await make.workspace().create();
    const { socket, hello, heard } = await opened(team.owner.token);
    const from = (after: number, epoch = hello.epoch) => watch(socket, { workspaceId: team.id, after, epoch });
    expect(await from(hello.position, 'another')).toMatchObject({ reset: 'epoch' });
    expect(await from(hello.position + 1_000_000)).toMatchObject({ reset: 'epoch' });
    await heard.until('live', 2);
    await expire(here.app, team.id, numbers(3100));
    await sealed(here.app, hello.position + 3100);
    // Until the feed of the watches has come up to there as well.
    while ((await next(socket, 'heartbeat')).position < hello.position + 3100);
    const far = await from(hello.position);
    expect(far.reset).toBe('too_far');
    expect(far.position).toBeGreaterThanOrEqual(hello.position + 3100);
    socket.disconnect();
    const other = await opened(team.owner.token);
    await make.sql('delete from event where position <= $1 returning id', [hello.position + 2000]);
    await make.sql('update log_checkpoint set position = $1 returning position', [hello.position + 2000]);
    const pruned = { workspaceId: team.id, after: hello.position + 1999, epoch: hello.epoch };
    expect(await watch(other.socket, pruned)).toMatchObject({ reset: 'pruned' });
    const kept = { ...pruned, after: hello.position + 2000 };
    expect(await watch(other.socket, kept)).toMatchObject({ reset: null, position: hello.position + 2000 });
    other.socket.disconnect();
  });
});

describe('who watches', () => {
  it('sees what their role allows now, and not what it allowed', async () => {
    const team = await make.workspace().create();
    const roleId = uuidv7();
    await make.sql(
      `insert into workspace_role (id, workspace_id, name, permissions, created_at, updated_at)
       values ($1, $2, 'Reader', '{workspace:read,deals:read}', now(), now()) returning id`,
      [roleId, team.id],
    );
    const person = await make.person().in(team).create();
    await make.sql(`update membership set role = 'custom', role_id = $1 where user_id = $2 returning user_id`, [
      roleId,
      person.id,
    ]);
    const { socket, heard } = await opened(person.token);
    await watch(socket, { workspaceId: team.id });
    await heard.until('live', 1);
    await expire(here.app, team.id, ['allowed']);
    await heard.until('event', 1);
    await make.sql(`update workspace_role set permissions = '{workspace:read}' where id = $1 returning id`, [roleId]);
    // The socket is told nothing of that: it shows in what comes.
    await settled(person.id, (place) => !place.permissions.has('deals:read'));
    await expire(here.app, team.id, ['hidden']);
    await make.sql(`update workspace_role set permissions = '{workspace:read,deals:read}' where id = $1 returning id`, [
      roleId,
    ]);
    await settled(person.id, (place) => place.permissions.has('deals:read'));
    await expire(here.app, team.id, ['allowed again']);
    await heard.until('event', 2);
    expect(heard.titles()).toEqual(['allowed', 'allowed again']);
    await make.sql(`update workspace_role set permissions = '{deals:read}' where id = $1 returning id`, [roleId]);
    await heard.until('unwatched', 1);
    expect(heard.of('unwatched')).toMatchObject([{ code: 'forbidden' }]);
    socket.disconnect();
  });

  it('sees of projects and persons what is theirs, live and replayed', async () => {
    const team = await make.workspace().create();
    const [inside, outside] = [await make.person().in(team).create(), await make.person().in(team).create()];
    const project = uuidv7();
    await make.sql(
      `insert into project_membership (workspace_id, project_id, user_id, role) values ($1, $2, $3, 'member') returning user_id`,
      [team.id, project, inside.id],
    );
    const [a, b] = [await opened(inside.token), await opened(outside.token)];
    const keyed = await opened((await make.apiKey(team, inside).scopes('workspace:read').create()).key);
    const sockets = [a, b, keyed];
    for (const { socket } of sockets) await watch(socket, { workspaceId: team.id });
    await Promise.all(sockets.map(({ heard }) => heard.until('live', 1)));
    await expire(here.app, team.id, ['project'], { scope: { kind: 'project', id: project } });
    await expire(here.app, team.id, ['inside'], { scope: { kind: 'user', id: inside.id } });
    await expire(here.app, team.id, ['outside'], { scope: { kind: 'user', id: outside.id } });
    await expire(here.app, team.id, ['all']);
    await Promise.all([a.heard.until('event', 3), b.heard.until('event', 2)]);
    expect(a.heard.titles()).toEqual(['project', 'inside', 'all']);
    expect(b.heard.titles()).toEqual(['outside', 'all']);
    // A key that may not read deals sees none, also where they are its person's own.
    expect(keyed.heard.titles()).toEqual([]);
    for (const { socket, hello, heard } of [a, b]) {
      const before = heard.titles();
      await watch(socket, { workspaceId: team.id, after: hello.position, epoch: hello.epoch });
      await heard.until('live', 2);
      expect(heard.titles().slice(before.length)).toEqual(before);
    }
    for (const { socket } of sockets) socket.disconnect();
  });

  it('is told that a watch ended with their membership, and gets nothing more', async () => {
    const team = await make.workspace().create();
    const person = await make.person().in(team).create();
    const { socket, heard } = await opened(person.token);
    const { watch: name } = await watch(socket, { workspaceId: team.id });
    await heard.until('live', 1);
    const path = team.url(`members/${person.id}`);
    expect((await here.request('DELETE', path, { headers: team.owner.headers })).statusCode).toBe(204);
    await heard.until('unwatched', 1);
    const before = heard.titles().length;
    expect(heard.of('unwatched')).toMatchObject([{ watch: name, code: 'not_found' }]);
    const owner = await opened(team.owner.token);
    await watch(owner.socket, { workspaceId: team.id });
    await owner.heard.until('live', 1);
    await expire(here.app, team.id, ['after']);
    await owner.heard.until('event', 1);
    expect(await ask(socket, 'head', {})).toMatchObject({ ok: true });
    expect(heard.titles().slice(before)).toEqual([]);
    for (const open of [socket, owner.socket]) open.disconnect();
  });

  it('may watch a workspace that let them in a moment ago', async () => {
    const team = await make.workspace().create();
    const person = await make.person().create();
    const { socket } = await opened(person.token);
    await make.sql(`insert into membership (workspace_id, user_id, role) values ($1, $2, 'viewer') returning user_id`, [
      team.id,
      person.id,
    ]);
    expect(await watch(socket, { workspaceId: team.id })).toMatchObject({ ok: true });
    socket.disconnect();
  });
});

/** Waits until the process knows something else of what somebody may do. */
async function settled(principal: string, known: (place: StandingPlace) => boolean): Promise<void> {
  const sockets = () => [...(here.app.get(Standings) as unknown as { sockets: Set<LiveSocket> }).sockets];
  const places = () =>
    sockets()
      .filter(({ data }) => data.credential.actor.id === principal)
      .flatMap(({ data }) => [...data.standing.workspaces.values()]);
  while (!places().every(known)) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('an event that cannot be told', () => {
  it('is left out of what is live and of what is replayed, and those after it come', async () => {
    const target = here.app.get(FilterTargets).get('activity');
    const said = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const subject = jest.spyOn(target, 'subject').mockImplementation((event) => {
      if ((event.data as { title?: string }).title === 'poison') throw new Error('poison');
      return { type: event.type };
    });
    try {
      const team = await make.workspace().create();
      const { socket, heard } = await opened(team.owner.token);
      const body = { workspaceId: team.id, filter: 'type:deal.expired' };
      const { epoch, position } = await watch(socket, body);
      await heard.until('live', 1);
      await expire(here.app, team.id, ['one', 'poison', 'two']);
      await heard.until('event', 2);
      expect(heard.titles()).toEqual(['one', 'two']);
      const later = await opened(team.owner.token);
      await watch(later.socket, { ...body, after: position, epoch });
      await later.heard.until('live', 1);
      expect(later.heard.titles()).toEqual(['one', 'two']);
      expect(said).toHaveBeenCalled();
    } finally {
      subject.mockRestore();
      said.mockRestore();
    }
  });
});
