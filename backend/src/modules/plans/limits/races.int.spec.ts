import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SubscriptionsModule } from '#modules/subscriptions/index.js';
import { UsersModule } from '#modules/users/index.js';
import { FiltersModule } from '#platform/filters/index.js';
import { DealsModule } from '#modules/deals/index.js';
import { HttpClientModule } from '#platform/http-client/index.js';
import { NotificationKindsModule } from '#platform/notifications/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type Factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { PlansModule } from '../index.js';
import { assignPlan, withPlans } from '../spec-support.js';

const FULL = process.env['SIGNALBOX_TEST_FULL'] === '1';
const RUNS = FULL ? 1_000 : 5;
jest.setTimeout(FULL ? 3_600_000 : 120_000);

let spec: TestApplication;
let make: Factory;
let people = 0;

beforeAll(async () => {
  const last = { members: 2, subscriptions: 1, storage: 1_000, api_calls: 1 };
  const platform = [FiltersModule, HttpClientModule, NotificationKindsModule];
  spec = await startApplication(
    [...platform, UsersModule, PlansModule, DealsModule, SubscriptionsModule],
    withPlans({ last, wide: { ...last, members: 9 } }),
  );
  make = factory(spec.app);
});
afterAll(() => spec.close());

const post = (who: Pick<TestPerson, 'headers'>, url: string, payload: object) =>
  spec.request('POST', url, { headers: who.headers, payload });
const statuses = async (answers: Promise<{ statusCode: number }>[]) =>
  (await Promise.all(answers)).map(({ statusCode }) => statusCode).sort();
const count = async (sql: string, team: TestWorkspace) => (await spec.rows(sql, [team.id])).length;
const told = async (team: TestWorkspace, type: string) => (await spec.events({ workspaceId: team.id, type })).length;

async function on(plan: string): Promise<TestWorkspace> {
  const team = await make.workspace().create();
  await assignPlan(spec.app, team.id, plan);
  return team;
}
const invite = (team: TestWorkspace, who: Pick<TestPerson, 'headers'>, email = `racer${++people}@example.com`) =>
  post(who, team.url('invitations'), { email, role: 'member' });
const subscribe = (team: TestWorkspace, who: Pick<TestPerson, 'headers'>) =>
  post(who, team.url('subscriptions'), { filter: `price<${++people}` });

/** Each race is run several times, on a workspace of its own; what it leaves must be the same each time. */
async function always(race: () => Promise<unknown>, outcome: unknown): Promise<void> {
  for (let run = 1; run <= RUNS; run++) expect([run, await race()]).toEqual([run, outcome]);
}

describe('of two who race', () => {
  it('for the last seat, one is invited', async () => {
    await always(
      async () => {
        const team = await on('last');
        const answers = await statuses([invite(team, team.owner), invite(team, team.owner)]);
        const rows = await count('select from invitation where workspace_id = $1', team);
        return { answers, rows, events: await told(team, 'invitation.created') };
      },
      { answers: [201, 402], rows: 1, events: 1 },
    );
  });

  it('to accept invitations after the plan shrank, one gets the last seat', async () => {
    await always(
      async () => {
        const team = await on('wide');
        const racers = await Promise.all([make.person().create(), make.person().create()]);
        const tokens: string[] = [];
        for (const racer of racers) {
          await invite(team, team.owner, racer.email);
          tokens.push((await spec.mailTo(racer.email)).token);
        }
        await assignPlan(spec.app, team.id, 'last');
        const accept = (racer: TestPerson, i: number) =>
          post(racer, '/api/v1/invitations/acceptance', { token: tokens[i] });
        const answers = await statuses(racers.map(accept));
        const rows = await count('select from membership where workspace_id = $1', team);
        const open = await count('select from invitation where workspace_id = $1 and accepted_at is null', team);
        return { answers, rows, open, events: await told(team, 'member.added') };
      },
      { answers: [201, 402], rows: 2, open: 1, events: 1 },
    );
  });

  it('with one invitation, one uses it', async () => {
    await always(
      async () => {
        const team = await on('last');
        const racer = await make.person().create();
        await invite(team, team.owner, racer.email);
        const { token } = await spec.mailTo(racer.email);
        const accept = () => post(racer, '/api/v1/invitations/acceptance', { token });
        const answers = await statuses([accept(), accept()]);
        const rows = await count('select from membership where workspace_id = $1', team);
        return { answers, rows, events: await told(team, 'member.added') };
      },
      { answers: [201, 409], rows: 2, events: 1 },
    );
  });

  it('for the last subscription, one subscribes', async () => {
    await always(
      async () => {
        const team = await on('last');
        const other = await make.person().in(team).create();
        const answers = await statuses([subscribe(team, team.owner), subscribe(team, other)]);
        const rows = await count('select from subscription where workspace_id = $1', team);
        return { answers, rows, events: await told(team, 'subscription.created') };
      },
      { answers: [201, 402], rows: 1, events: 1 },
    );
  });

  it('for the last bytes, one is kept', async () => {
    await always(
      async () => {
        const team = await on('last');
        const source = await post(team.owner, team.url('sources'), { kind: 'upload', name: 'Files' });
        const url = team.url(`sources/${source.json<{ id: string }>().id}/messages`);
        const paste = () => post(team.owner, url, { subject: `Paste ${++people}`, text: 'x'.repeat(400), html: false });
        const answers = await statuses([paste(), paste()]);
        const rows = await count('select from message where workspace_id = $1', team);
        return { answers, rows, events: await told(team, 'message.received') };
      },
      { answers: [201, 402], rows: 1, events: 1 },
    );
  });

  it('for the last call, one is answered', async () => {
    await always(
      async () => {
        const team = await on('last');
        const key = await make.apiKey(team, team.owner).create();
        const ask = () => spec.request('GET', team.url('deals'), { headers: key.headers });
        const answers = await statuses([ask(), ask()]);
        const [row] = await spec.rows<{ calls: string }>('select calls from api_call_use where workspace_id = $1', [
          team.id,
        ]);
        return { answers, calls: Number(row?.calls) };
      },
      { answers: [200, 402], calls: 1 },
    );
  });
});

describe('of many who meet at the lock', () => {
  it('as many get a seat as there are, and the others are told so', async () => {
    const team = await on('wide');
    await invite(team, team.owner);
    const lock = { sql: 'select from quota_use where workspace_id = $1 for update', values: [team.id], until: 5 };
    const invitations = Array.from({ length: 12 }, () => () => invite(team, team.owner));
    const answers = await spec.race(lock, () => statuses(invitations.map((ask) => ask())));
    expect(answers).toEqual([...Array<number>(7).fill(201), ...Array<number>(5).fill(402)]);
    expect(await count('select from invitation where workspace_id = $1', team)).toBe(8);
  });
});
