import type { Answer, CommandAnswer, CommandBody, CommandName, SocketProblem } from '../messages.js';
import type { ClientSocket } from './socket.js';

/** A command was not carried out; `problem` says why. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';

  constructor(readonly problem: SocketProblem) {
    super(problem.detail);
  }
}

interface Pending {
  readonly name: CommandName;
  readonly body: unknown;
  readonly same: string;
  readonly promise: Promise<unknown>;
  settle(answer: Answer<object>): void;
}

/** The server takes 20 messages a second on average and 100 at once; a client stays well below. */
const AT_ONCE = 40;
const EVERY_MS = 75;

/**
 * Commands that wait for their answers. What is asked while the connection is away, or was not answered before it broke, is
 * sent again: every command may be carried out twice without harm, and one that waits already is not asked for a second time.
 */
export class Commands {
  private readonly pending: Pending[] = [];
  private readonly sent = new Set<Pending>();
  private socket?: ClientSocket;
  private tokens = AT_ONCE;
  private timer?: ReturnType<typeof setTimeout>;
  private over?: SocketProblem;

  /** @param limit how many may wait; further ones are refused with `queue_full` */
  constructor(private readonly limit: number) {}

  /** Asks, now or when there is a connection again. @throws CommandRefused */
  ask<N extends CommandName>(name: N, body: CommandBody<N>): Promise<CommandAnswer<N>> {
    if (this.over) return Promise.reject(new CommandRefused(this.over));
    const same = `${name} ${JSON.stringify(body)}`;
    const known = this.pending.find((one) => one.same === same);
    if (known) return known.promise as Promise<CommandAnswer<N>>;
    if (this.pending.length >= this.limit) {
      const detail = `${this.limit} commands wait already: this one was not sent.`;
      return Promise.reject(new CommandRefused({ code: 'queue_full', detail }));
    }
    let settle: Pending['settle'] = () => undefined;
    const promise = new Promise<CommandAnswer<N>>((resolve, reject) => {
      settle = (answer) =>
        answer.ok ? resolve(answer as CommandAnswer<N>) : reject(new CommandRefused(answer.problem));
    });
    this.pending.push({ name, body, same, promise, settle });
    this.pump();
    return promise;
  }

  /** Asks on the connection that there is, before what waits; never again on another one. @throws CommandRefused */
  askNow<N extends CommandName>(name: N, body: CommandBody<N>): Promise<CommandAnswer<N>> {
    return new Promise((resolve, reject) =>
      this.tell(name, body, (answer) => (answer.ok ? resolve(answer) : reject(new CommandRefused(answer.problem)))),
    );
  }

  /** The same, for whom the answer must reach before the message that follows it: a promise may be later than that. */
  tell<N extends CommandName>(name: N, body: CommandBody<N>, heard: (answer: Answer<CommandAnswer<N>>) => void): void {
    const { socket } = this;
    if (!socket) return heard({ ok: false, problem: { code: 'offline', detail: 'There is no connection.' } });
    this.tokens--;
    socket.emit(name, body, heard);
  }

  /** There is a connection. What waits is sent by `flush`, behind what is asked of it at once. */
  online(socket: ClientSocket): void {
    this.socket = socket;
    this.tokens = AT_ONCE;
  }

  /** Commands are taken again, after `close`. */
  open(): void {
    this.over = undefined;
  }

  flush(): void {
    this.pump();
  }

  /** The connection is gone: what it did not answer waits for the next one. */
  offline(): void {
    this.socket = undefined;
    this.sent.clear();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Nothing will be sent any more. */
  close(problem: SocketProblem): void {
    this.offline();
    this.over = problem;
    for (const { settle } of this.pending.splice(0)) settle({ ok: false, problem });
  }

  private pump(): void {
    for (const one of this.pending) {
      if (!this.socket || this.tokens <= 0) break;
      if (this.sent.has(one)) continue;
      this.tokens--;
      this.sent.add(one);
      this.send(this.socket, one);
    }
    if (!this.socket || this.timer || this.sent.size === this.pending.length) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.tokens = Math.min(AT_ONCE, this.tokens + 1);
      this.pump();
    }, EVERY_MS);
  }

  private send(socket: ClientSocket, one: Pending): void {
    socket.emit(one.name, one.body, (answer: Answer<object>) => {
      const at = this.pending.indexOf(one);
      if (at < 0) return;
      this.pending.splice(at, 1);
      this.sent.delete(one);
      one.settle(answer);
    });
  }
}
