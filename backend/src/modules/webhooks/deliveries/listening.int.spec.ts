import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestWorkspace } from '#test/factories.js';
import { type Shown, WebhookRoom } from '#test/webhooks.js';

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
