import type { CommandAnswer, CommandBody, ResetReason, SocketProblem, ToldEvent } from '../messages.js';
import type { Commands } from './commands.js';
import { guarded } from './listeners.js';

/** What somebody who watches wants to hear. */
export interface WatchListener {
  /** Each event once, in the order of the log. */
  event(event: ToldEvent): void;
  /** What was missed cannot be replayed: load what the watch is about anew. It goes on behind that. */
  reset?(reason: ResetReason): void;
  /** Everything up to here has been told; what comes now is new. */
  live?(position: number): void;
  /**
   * So much came that some of it was left out. Without this, it is replayed by itself; with it, it is left out and the watch
   * goes on.
   */
  skipped?(from: number, to: number): void;
  /** The watch is over, and why: the filter is wrong, or one may not see this. */
  ended?(why: SocketProblem): void;
}

/** Problems of a moment: the watch is asked for again. */
const AGAIN = new Set(['too_many_requests', 'unavailable', 'no_sockets', 'internal_error']);
const CUT = new Set(['offline', 'connection', 'closed']);
const AGAIN_MS = 2000;

/** Where a watch can be taken up. */
export interface WatchPlace {
  readonly position: number;
  readonly epoch: string;
}

/** A watch that goes on over as many connections as it takes: each one begins where the last one ended. */
export class Watching {
  /** Its name on this connection. */
  id?: string;
  private place?: WatchPlace;
  private following = false;
  private over = false;
  private round = 0;

  constructor(
    private readonly wanted: Omit<CommandBody<'watch'>, 'after' | 'epoch'>,
    private readonly listener: WatchListener,
    private readonly commands: Commands,
    from?: WatchPlace,
  ) {
    if (from) this.place = from;
  }

  /** The last position that was told, with its epoch: enough to go on from, also another day. */
  get at(): WatchPlace | undefined {
    return this.place;
  }

  /** Begins, or goes on, on a connection. */
  begin(): void {
    const round = ++this.round;
    [this.id, this.following] = [undefined, false];
    if (this.over) return;
    const from = this.place ? { after: this.place.position, epoch: this.place.epoch } : {};
    this.commands.tell('watch', { ...this.wanted, ...from }, (answer) => {
      const stale = round !== this.round || this.over;
      if (answer.ok && stale) return this.endThere(answer.watch);
      if (stale) return;
      if (answer.ok) this.begun(answer);
      else this.refused(answer.problem, round);
    });
  }

  /** The connection is gone. */
  cut(): void {
    this.round++;
    [this.id, this.following] = [undefined, false];
  }

  /** Nothing is told any more. */
  close(): void {
    const { id } = this;
    this.over = true;
    this.cut();
    if (id) this.endThere(id);
  }

  hear(event: ToldEvent): void {
    if (!this.place || event.position <= this.place.position) return;
    this.move(event.position);
    guarded(() => this.listener.event(event));
  }

  live(position: number): void {
    this.following = true;
    this.move(position);
    guarded(() => this.listener.live?.(position));
  }

  /** The server has told everything up to here, of every watch that follows. */
  beat(position: number): void {
    if (this.following) this.move(position);
  }

  skipped(from: number, to: number): void {
    if (this.listener.skipped) {
      this.move(to);
      return guarded(() => this.listener.skipped?.(from, to));
    }
    const { id } = this;
    this.move(from);
    if (id) this.endThere(id);
    this.begin();
  }

  /** The server ended it. */
  ended(why: SocketProblem): void {
    this.over = true;
    this.cut();
    guarded(() => this.listener.ended?.(why));
  }

  private move(position: number): void {
    if (this.place && position > this.place.position) this.place = { ...this.place, position };
  }

  private begun({ watch, position, epoch, reset }: CommandAnswer<'watch'>): void {
    this.id = watch;
    if (!this.place || reset) this.place = { position, epoch };
    if (reset) guarded(() => this.listener.reset?.(reset));
  }

  private refused(problem: SocketProblem, round: number): void {
    // The next connection begins it again.
    if (CUT.has(problem.code)) return;
    if (!AGAIN.has(problem.code)) return this.ended(problem);
    setTimeout(() => {
      if (round === this.round) this.begin();
    }, AGAIN_MS);
  }

  private endThere(watch: string): void {
    // Without its connection it is over by itself, and a watch that is over already does no harm.
    this.commands.tell('unwatch', { watch }, () => undefined);
  }
}
