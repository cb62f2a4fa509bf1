import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type Standing, StandingCredentials, type StandingPlace } from '#platform/access/index.js';
import { Metrics } from '#platform/telemetry/index.js';
import { ENDINGS } from '../realtime.errors.js';
import { end, type LiveSocket } from '../server/live-socket.js';
import { place, placesOf } from './rooms.js';

/**
 * From one look at the credentials to the next, in milliseconds. With what the statement takes, whoever is signed out has
 * lost their sockets on every process within a second.
 */
const LOOK_MS = 750;

/**
 * Keeps the sockets of this process as good as their credentials: asks after all of them by one statement, ends those whose
 * session or key is over, and moves those whose memberships changed.
 */
@Injectable()
export class Standings implements OnModuleDestroy {
  private readonly log = new Logger('realtime');
  private readonly sockets = new Set<LiveSocket>();
  private readonly seconds;
  private timer?: NodeJS.Timeout;
  private stopped = false;
  private failing = false;
  /** What the last look found, by credentials: one for all sockets of a session, as long as it says the same. */
  private known: ReadonlyMap<string, Standing> = new Map();
  private readonly watchers: ((socket: LiveSocket) => void)[] = [];

  constructor(
    private readonly credentials: StandingCredentials,
    metrics: Metrics,
  ) {
    metrics.gauge('signalbox_sockets', 'Sockets that are signed in at this process.', [], (gauge) =>
      gauge.set(this.sockets.size),
    );
    this.seconds = metrics.histogram('signalbox_socket_look_seconds', 'One look at the credentials of all sockets.');
  }

  /** Looks after a socket from here on. */
  keep(socket: LiveSocket): void {
    place(socket);
    this.sockets.add(socket);
    this.schedule(LOOK_MS);
  }

  /** Calls `changed` whenever a socket may do something else than before. */
  watch(changed: (socket: LiveSocket) => void): void {
    this.watchers.push(changed);
  }

  /** Looks at one socket now. */
  async refresh(socket: LiveSocket): Promise<void> {
    const standings = await this.credentials.look([socket.data.credential.ref]);
    if (this.sockets.has(socket)) this.judge(socket, standings, standings);
  }

  /** A socket is gone. */
  drop(socket: LiveSocket): void {
    this.sockets.delete(socket);
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private schedule(ms: number): void {
    if (this.stopped || this.timer || this.sockets.size === 0) return;
    this.timer = setTimeout(() => void this.look(), ms);
  }

  private async look(): Promise<void> {
    const started = performance.now();
    const asked = [...this.sockets].filter((socket) => !this.expired(socket));
    try {
      const standings = await this.credentials.look(asked.map(({ data }) => data.credential.ref));
      this.known = new Map([...standings].map(([ref, now]) => [ref, unchanged(this.known.get(ref), now)]));
      for (const socket of asked) if (this.sockets.has(socket)) this.judge(socket, standings, this.known);
      if (this.failing) this.log.log('The credentials of sockets can be looked at again');
      this.failing = false;
    } catch (error) {
      // While the database is away nobody can be signed out, and no event be read that a socket could be told.
      if (!this.failing) this.log.warn(`The credentials of sockets cannot be looked at: ${(error as Error).message}`);
      this.failing = true;
    }
    const took = performance.now() - started;
    this.seconds.observe(took / 1000);
    this.timer = undefined;
    this.schedule(Math.max(0, LOOK_MS - took));
  }

  private expired(socket: LiveSocket): boolean {
    const { expiresAt } = socket.data.credential;
    if (expiresAt === null || expiresAt.getTime() > Date.now()) return false;
    end(socket, ENDINGS.expired);
    return true;
  }

  /** @param kept the same as `found`, of an earlier look where that said the same; addresses are those that were found */
  private judge(socket: LiveSocket, found: ReadonlyMap<string, Standing>, kept: ReadonlyMap<string, Standing>): void {
    const { credential, standing: before } = socket.data;
    const standing = kept.get(credential.ref);
    if (!standing) return end(socket, ENDINGS.over);
    if (!found.get(credential.ref)?.permits(credential.actor.address ?? '')) return end(socket, ENDINGS.moved);
    if (before === standing) return;
    socket.data.standing = standing;
    if (same(before, standing, samePlace)) return;
    const moved = !same(before, standing, (a, b) => a.role === b.role);
    if (moved) place(socket);
    for (const changed of this.watchers) changed(socket);
    if (moved) socket.emit('workspaces', { workspaces: placesOf(socket) });
  }
}

/** The one that was known, if the other says the same of every workspace. */
const unchanged = (before: Standing | undefined, now: Standing): Standing =>
  before && same(before, now, samePlace) ? before : now;

type Alike = (before: StandingPlace, after: StandingPlace) => boolean;

function same({ workspaces: before }: Standing, { workspaces: after }: Standing, alike: Alike): boolean {
  if (before.size !== after.size) return false;
  return [...before].every(([id, held]) => {
    const other = after.get(id);
    return other !== undefined && alike(held, other);
  });
}

const sameSet = (before: ReadonlySet<string>, after: ReadonlySet<string>) =>
  before === after || (before.size === after.size && [...before].every((one) => after.has(one)));

const samePlace: Alike = (before, after) =>
  before.role === after.role &&
  sameSet(before.permissions, after.permissions) &&
  sameSet(before.projects, after.projects);
