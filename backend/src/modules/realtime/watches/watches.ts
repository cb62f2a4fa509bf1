import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { CommandAnswer, commands, SocketProblem } from '#contract/realtime/index.js';
import { NotFound, ValidationFailed } from '#platform/errors/index.js';
import { type FilterTarget, FilterTargets } from '#platform/filters/index.js';
import { RateLimits, refuse } from '#platform/http/index.js';
import { RealtimeConfig } from '../realtime.config.js';
import { TooManyWatches } from '../realtime.errors.js';
import type { LiveSocket } from '../server/live-socket.js';
import { Places } from '../standings/places.js';
import { Feed } from './feed.js';
import { Groups, type Wanted } from './groups.js';
import { Past } from './past.js';
import { Resumption } from './resumption.js';
import type { Watch } from './watch.js';

type Asked = z.output<(typeof commands)['watch']['body']>;

const GONE: SocketProblem = { code: 'not_found', detail: 'This workspace does not open to you any more.' };
const HIDDEN: SocketProblem = { code: 'forbidden', detail: 'You may not see what this watch is about any more.' };

/** What the sockets of this process watch. */
@Injectable()
export class Watches {
  private readonly held = new Map<LiveSocket, Map<string, Watch>>();

  constructor(
    private readonly places: Places,
    private readonly targets: FilterTargets,
    private readonly groups: Groups,
    private readonly feed: Feed,
    private readonly past: Past,
    private readonly resumption: Resumption,
    private readonly limits: RateLimits,
    private readonly config: RealtimeConfig,
  ) {}

  /**
   * Begins a watch. What it sends follows the answer.
   *
   * @throws ValidationFailed on a target or type that there is not; FilterRefused with the position of the fault; NotFound,
   *   Forbidden about the workspace; TooManyWatches; TooManyRequests when too much is replayed
   */
  async watch(socket: LiveSocket, asked: Asked): Promise<CommandAnswer<'watch'>> {
    const about = this.target(asked);
    await this.places.of(socket, asked.workspaceId, about.permission);
    const wanted = await this.groups.read({ ...asked, about }, socket.data.credential.actor.userId);
    await this.feed.start();
    const { at, reset, epoch } = await this.resumption.from(asked);
    if (at < this.feed.position) this.count(socket);
    // Nothing is awaited from here on: of several at once none sees room that another is about to take.
    if (!socket.connected) throw new NotFound('The socket is gone.');
    const watch = this.begin(socket, wanted, at);
    // Behind the answer, so that nothing comes of a watch whose name the client does not know.
    setImmediate(() => void this.past.replay(watch));
    return { watch: watch.group.key, position: at, epoch, reset };
  }

  /** Ends a watch of the socket, if it is one. */
  unwatch(socket: LiveSocket, key: string): void {
    const watch = this.held.get(socket)?.get(key);
    if (watch) this.end(watch);
  }

  /** A socket is gone. */
  drop(socket: LiveSocket): void {
    for (const watch of this.held.get(socket)?.values() ?? []) this.end(watch);
    this.held.delete(socket);
  }

  /** What a socket may do changed: watches that it may not have any more are ended, and said to be. */
  review(socket: LiveSocket): void {
    for (const watch of this.held.get(socket)?.values() ?? []) {
      const { workspaceId, about, key } = watch.group;
      const place = socket.data.standing.workspaces.get(workspaceId);
      if (place?.permissions.has(about.permission)) continue;
      this.end(watch);
      socket.emit('unwatched', { watch: key, ...(place ? HIDDEN : GONE) });
    }
  }

  private begin(socket: LiveSocket, wanted: Wanted, at: number): Watch {
    const mine = this.held.get(socket) ?? new Map<string, Watch>();
    if (mine.size >= this.config.watches) throw new TooManyWatches(this.config.watches);
    const group = this.groups.join(wanted, socket);
    const watch: Watch = { group, socket, state: 'past', at };
    group.watches.set(socket, watch);
    this.held.set(socket, mine.set(group.key, watch));
    return watch;
  }

  private end(watch: Watch): void {
    const { group, socket } = watch;
    watch.state = 'over';
    this.held.get(socket)?.delete(group.key);
    this.groups.leave(group, socket);
  }

  private target({ target, types = [] }: Asked): FilterTarget {
    if (!this.targets.has(target))
      throw new ValidationFailed(`target: must be one of ${this.names().join(', ')}; "${target}" is not.`);
    const about = this.targets.get(target);
    const unknown = types.find((type) => !(about.events as readonly string[]).includes(type));
    if (unknown !== undefined)
      throw new ValidationFailed(`types: "${unknown}" is no type of event that "${target}" tells of.`);
    return about;
  }

  private names(): string[] {
    return this.targets.all().map(({ name }) => name);
  }

  private count(socket: LiveSocket): void {
    const policy = { name: 'socket-replay', limit: this.config.replayRate, windowSeconds: 60 };
    const { userId, serviceAccountId, id } = socket.data.credential.actor;
    refuse(this.limits.take(policy, userId ?? serviceAccountId ?? id));
  }
}
