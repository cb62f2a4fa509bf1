import { describe, expect, it } from '@jest/globals';
import type { ToldEvent } from '../messages.js';
import { Backoff } from './backoff.js';
import { Commands } from './commands.js';
import type { ClientSocket } from './socket.js';
import { Watching, type WatchListener } from './watching.js';

interface Sent {
  name: string;
  body: Record<string, unknown>;
  answer(answer: object): void;
}

/** A socket that keeps what is sent over it. */
function socketOf(): ClientSocket & { sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    sent,
    connected: true,
    on: () => undefined,
    connect: () => undefined,
    disconnect: () => undefined,
    emit: (name, body, answer) => sent.push({ name, body, answer } as Sent),
  };
}

const event = (position: number) => ({ position, data: {} }) as ToldEvent;

describe('delays', () => {
  it('double up to the longest, each somewhere in its upper half, and begin anew', () => {
    const least = new Backoff(100, 1000, () => 0);
    const most = new Backoff(100, 1000, () => 1);
    expect(Array.from({ length: 6 }, () => least.next())).toEqual([50, 100, 200, 400, 500, 500]);
    expect(Array.from({ length: 6 }, () => most.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
    most.reset();
    expect(most.next()).toBe(100);
  });
});

describe('commands', () => {
  it('that were not answered before the connection broke are sent again on the next, in their order', async () => {
    const commands = new Commands(10);
    const answers = [commands.ask('unwatch', { watch: 'a' }), commands.ask('unwatch', { watch: 'b' })];
    const [first, second] = [socketOf(), socketOf()];
    commands.online(first);
    commands.flush();
    first.sent[0]?.answer({ ok: true, watch: 'a' });
    commands.offline();
    const once = commands.askNow('renew', { token: 'x' });
    await expect(once).rejects.toMatchObject({ problem: { code: 'offline' } });
    commands.online(second);
    commands.flush();
    expect(second.sent.map(({ body }) => body['watch'])).toEqual(['b']);
    // Of the connection that is gone: it is answered already.
    first.sent[1]?.answer({ ok: true, watch: 'late' });
    second.sent[0]?.answer({ ok: false, problem: { code: 'forbidden', detail: 'No.' } });
    expect(await answers[0]).toMatchObject({ watch: 'a' });
    expect(await answers[1]).toMatchObject({ watch: 'late' });
  });

  it('go out no faster than the server takes them', () => {
    const commands = new Commands(200);
    const socket = socketOf();
    commands.online(socket);
    for (let n = 0; n < 100; n++) void commands.ask('unwatch', { watch: `w${n}` }).catch(() => undefined);
    expect(socket.sent).toHaveLength(40);
    commands.close({ code: 'closed', detail: '' });
  });
});

describe('a watch', () => {
  function watching(more: Partial<WatchListener> = {}) {
    const [commands, socket] = [new Commands(10), socketOf()];
    const heard: number[] = [];
    const watch = new Watching(
      { workspaceId: 'w' },
      { event: ({ position }) => void heard.push(position), ...more },
      commands,
    );
    commands.online(socket);
    watch.begin();
    const answered = (name: string, more: object = {}) =>
      socket.sent.at(-1)?.answer({ ok: true, watch: name, position: 10, epoch: 'e', reset: null, ...more });
    return { commands, socket, watch, heard, answered };
  }

  it('tells no event twice, and moves with heartbeats only once it follows', () => {
    const { watch, heard, answered } = watching();
    answered('w1');
    for (const position of [9, 10, 11, 11, 13, 12]) watch.hear(event(position));
    expect(heard).toEqual([11, 13]);
    watch.beat(20);
    expect(watch.at).toEqual({ position: 13, epoch: 'e' });
    watch.live(14);
    watch.beat(20);
    expect(watch.at?.position).toBe(20);
  });

  it('asks for what was skipped, or passes it over where somebody wants to know only that', () => {
    const { watch, heard, answered, socket } = watching();
    answered('w1');
    watch.hear(event(11));
    watch.skipped(15, 30);
    expect(socket.sent.slice(1)).toMatchObject([
      { name: 'unwatch', body: { watch: 'w1' } },
      { name: 'watch', body: { after: 15, epoch: 'e' } },
    ]);
    expect(watch.id).toBeUndefined();
    answered('w2', { position: 15 });
    watch.hear(event(16));
    expect([watch.id, heard]).toEqual(['w2', [11, 16]]);
    const gaps: number[][] = [];
    const other = watching({ skipped: (from, to) => void gaps.push([from, to]) });
    other.answered('w1');
    other.watch.skipped(15, 30);
    expect([gaps, other.watch.at?.position, other.socket.sent.length]).toEqual([[[15, 30]], 30, 1]);
  });

  it('that was closed before its answer came is ended at the server', () => {
    const { watch, answered, socket } = watching();
    watch.close();
    answered('w1');
    expect(socket.sent.at(-1)).toMatchObject({ name: 'unwatch', body: { watch: 'w1' } });
    watch.hear(event(11));
  });
});
