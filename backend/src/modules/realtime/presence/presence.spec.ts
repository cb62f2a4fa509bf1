import { describe, expect, it } from '@jest/globals';
import type { RealtimeConfig } from '../realtime.config.js';
import type { LiveServer, LiveSocket } from '../server/live-socket.js';
import type { Places } from '../standings/places.js';
import { Presence } from './presence.js';
import type { Visitors } from './visitors.js';

const PAGE = { workspaceId: 'w', page: 'deal:1' };

const socketOf = (id: string) =>
  ({
    connected: true,
    data: { credential: { actor: { kind: 'user', id } } },
    join: async () => undefined,
    leave: () => undefined,
  }) as unknown as LiveSocket;

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a page that many come to at once', () => {
  it('is told once for all who came meanwhile, and of nobody as gone who came back', async () => {
    const said: { here: string[]; left: readonly string[] }[] = [];
    const told: string[][] = [];
    let open: () => void = () => undefined;
    const visitors = {
      say: async (_page: string, here: Set<string>, left: readonly string[]) => {
        said.push({ here: [...here].sort(), left });
        // The first one is held up until all others have come.
        if (said.length === 1) await new Promise<void>((resolve) => (open = resolve));
        return [];
      },
    };
    const presence = new Presence(
      { of: async () => undefined } as unknown as Places,
      visitors as unknown as Visitors,
      { pages: 5, presenceSeconds: 30 } as RealtimeConfig,
    );
    presence.serve({
      on: () => undefined,
      serverSideEmit: () => undefined,
      local: { to: () => ({ emit: (_name: string, { people }: { people: string[] }) => told.push(people) }) },
    } as unknown as LiveServer);
    const names = Array.from({ length: 40 }, (_, n) => `p${n + 10}`);
    const sockets = names.map(socketOf);
    const answers = Promise.all(sockets.map((socket) => presence.enter(socket, PAGE)));
    await settle();
    const [first] = sockets;
    presence.leave(first!, PAGE);
    const back = presence.enter(first!, PAGE);
    presence.leave(sockets[1]!, PAGE);
    await settle();
    open();
    expect((await answers).at(-1)).toEqual({ people: names.toSpliced(1, 1), count: 39 });
    expect(await back).toEqual({ people: names.toSpliced(1, 1), count: 39 });
    expect(said).toHaveLength(2);
    expect(said[1]).toEqual({ here: names.toSpliced(1, 1), left: [names[1]] });
    expect(told.at(-1)).toEqual(names.toSpliced(1, 1));
    presence.onModuleDestroy();
  });

  it('names a hundred of those who look at it, and tells how many they are whenever that changes', async () => {
    const told: { people: string[]; count: number }[] = [];
    const others = Array.from({ length: 150 }, (_, n) => `q${n + 100}`);
    const presence = new Presence(
      { of: async () => undefined } as unknown as Places,
      { say: async () => others } as unknown as Visitors,
      { pages: 5, presenceSeconds: 30 } as RealtimeConfig,
    );
    presence.serve({
      on: () => undefined,
      serverSideEmit: () => undefined,
      local: {
        to: () => ({ emit: (_name: string, { people, count }: (typeof told)[0]) => told.push({ people, count }) }),
      },
    } as unknown as LiveServer);
    const [first, second] = [await presence.enter(socketOf('z1'), PAGE), await presence.enter(socketOf('z2'), PAGE)];
    const people = others.slice(0, 100);
    expect([first, second]).toEqual([151, 152].map((count) => ({ people, count })));
    expect(told).toEqual([first, second]);
    presence.onModuleDestroy();
  });
});
