import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { Room } from '#test/subscriptions.js';

let room: Room;
let team: TestWorkspace;
let ada: TestPerson;

interface Idea {
  id: string;
  target: string;
  kind: string;
  because: string;
  subscriptionId: string;
  change: object;
  subscription: { filter: string };
}

beforeAll(async () => {
  room = await Room.open();
});
beforeEach(async () => {
  team = await room.make.workspace().create();
  ada = await room.make.person().in(team).create();
});
afterAll(() => room.close());

const ideas = async (kind: string, who: { headers: { authorization: string } } = ada): Promise<Idea[]> => {
  const answer = await room.call(who, 'GET', team.url(`subscription-${kind}`));
  expect(answer.statusCode).toBe(200);
  return answer.json<{ items: Idea[] }>().items;
};

describe('Templates', () => {
  it('are subscriptions that can be made as they are', async () => {
    const found = await ideas('templates');
    expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(['activity.team', 'activity.day']));
    for (const { subscription } of found) {
      const made = await room.call(ada, 'POST', team.url('subscriptions'), subscription);
      expect([made.statusCode, made.json()]).toEqual([201, expect.objectContaining(subscription)]);
    }
  });

  it('are of what one may see', async () => {
    await room.demote(ada, team, ['subscriptions:read']);
    expect(await ideas('templates')).toEqual([]);
  });
});

describe('Suggestions', () => {
  const act = async (subject: 'deal.expired' | 'source.deleted', times: number) => {
    const actor = { kind: 'user', id: ada.id, userId: ada.id } as const;
    for (let n = 0; n < times; n++)
      if (subject === 'deal.expired') await room.recorded(team, subject, { title: 'x' }, { actor });
      else await room.recorded(team, subject, { name: 'x' }, { actor });
    await room.read();
  };

  it('are none for who did little', async () => {
    await act('deal.expired', 2);
    expect(await ideas('suggestions')).toEqual([]);
  });

  it('offer what one works on, as far as one may see it, until one has it', async () => {
    await room.rows(`update membership set role = 'admin' where user_id = $1`, [ada.id]);
    await act('deal.expired', 3);
    const found = await ideas('suggestions');
    expect(found).toMatchObject([{ kind: 'new', because: expect.stringContaining('3 things to a deal') }]);
    const made = await room.call(ada, 'POST', team.url('subscriptions'), found[0]!.subscription);
    expect(made.statusCode).toBe(201);
    expect(await ideas('suggestions')).toEqual([]);
  });

  it('do not name what the role does not show', async () => {
    // No room of these specs places it: it is for the audit trail.
    await act('source.deleted', 5);
    expect(await ideas('suggestions')).toEqual([]);
  });

  it('offer a digest of what tells one very often', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-300');
    const quiet = await room.subscribe(ada, team, 'z:-301');
    await Promise.all(Array.from({ length: 60 }, () => room.found(team, { z: -300 })));
    await room.found(team, { z: -301 });
    await room.read();
    const found = await ideas('suggestions');
    expect(found).toEqual([
      {
        kind: 'change',
        because: expect.stringContaining('60 times'),
        subscriptionId: id,
        change: { rhythm: { kind: 'daily', hour: 8 } },
      },
    ]);
    const patched = await room.call(ada, 'PATCH', team.url(`subscriptions/${id}`), found[0]!.change);
    expect(patched.statusCode).toBe(200);
    expect(await ideas('suggestions')).toEqual([]);
    expect(await room.matches(quiet.id)).toHaveLength(1);
  });
});
