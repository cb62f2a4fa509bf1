import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Room } from '#test/subscriptions.js';

let room: Room;
beforeAll(async () => {
  room = await Room.open();
});
afterAll(() => room.close());

/** The subscriptions that an event reached. */
async function heard(eventId: string): Promise<string[]> {
  await room.read();
  return (await room.deliveries({ eventId })).map((delivery) => delivery.subscription_id);
}

describe('the subscriptions of somebody who leaves', () => {
  it('stay paused when they come back, until they resume them', async () => {
    const team = await room.make.workspace().create();
    const bob = await room.make.person().in(team).create();
    const [first, second] = [await room.subscribe(bob, team, 'z:-30'), await room.subscribe(bob, team, 'z:-31')];
    expect((await room.call(bob, 'DELETE', `/api/v1/me/memberships/${team.id}`)).statusCode).toBe(204);
    const events = await room.application.events({ workspaceId: team.id, type: 'subscription.updated' });
    expect(events.map((event) => [event.subjectId, event.actor.userId, event.data['after']])).toEqual([
      [first.id, bob.id, expect.objectContaining({ paused: true })],
      [second.id, bob.id, expect.objectContaining({ paused: true })],
    ]);
    await room.rows(`insert into membership (workspace_id, user_id, role) values ($1, $2, 'viewer') returning role`, [
      team.id,
      bob.id,
    ]);
    expect(await heard(await room.found(team, { z: -30 }))).toEqual([]);
    await room.rows(`update membership set role = 'member' where user_id = $1 returning role`, [bob.id]);
    const at = team.url(`subscriptions/${first.id}`);
    for (let status = 0; status !== 200;) status = (await room.call(bob, 'PATCH', at, { paused: false })).statusCode;
    expect(await heard(await room.found(team, { z: -30 }))).toEqual([first.id]);
  });

  it('stay as they are while they are suspended, and alert again afterwards', async () => {
    const team = await room.make.workspace().create();
    const bob = await room.make.person().in(team).create();
    const { id } = await room.subscribe(bob, team, 'z:-32');
    const suspension = team.url(`members/${bob.id}/suspension`);
    expect((await room.call(team.owner, 'POST', suspension)).statusCode).toBe(200);
    expect(await heard(await room.found(team, { z: -32 }))).toEqual([]);
    expect((await room.call(team.owner, 'DELETE', suspension)).statusCode).toBe(200);
    expect(await heard(await room.found(team, { z: -32 }))).toEqual([id]);
  });
});
