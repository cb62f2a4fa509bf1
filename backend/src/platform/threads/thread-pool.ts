import type { TransferListItem, Worker, WorkerOptions } from 'node:worker_threads';
import { startThread } from './start-thread.js';
import { TaskFailed, ThreadsBusy, ThreadTimeout } from './threads.errors.js';

/** How a pool runs. */
export interface ThreadPoolOptions {
  /** Threads at most; each takes one task at a time. They start with the first tasks. */
  size: number;
  /** So many tasks may wait for a thread; a further one is refused. */
  maxWaiting: number;
  /** A task that takes longer loses its thread, which is replaced. Milliseconds; starting the thread does not count. */
  timeoutMs: number;
  /** Such as `resourceLimits`. */
  worker?: WorkerOptions;
}

/** What a thread gets. */
export interface ThreadInput<I> {
  input: I;
  /** Buffers that move to the thread instead of being copied. */
  transfer?: readonly TransferListItem[];
}

interface Task {
  prepare(): ThreadInput<unknown> | Promise<ThreadInput<unknown>>;
  resolve(output: unknown): void;
  reject(error: Error): void;
  /** Nobody waits for the outcome any more. */
  abandoned: boolean;
}

interface Lane {
  worker: Worker;
  ready: boolean;
  task?: Task;
  timer?: NodeJS.Timeout;
}

type Answer = { ready: true } | { output: unknown } | { error: string };

/**
 * Threads that do one kind of work on untrusted input, so that nothing in it can stall the process: a task that hangs
 * loses its thread. The thread's module says `{ready: true}` once, then answers every message with `{output}` or `{error}`.
 */
export class ThreadPool<I, O> {
  private readonly lanes = new Set<Lane>();
  private readonly waiting: Task[] = [];
  private closed = false;

  constructor(
    private readonly entry: URL,
    private readonly options: ThreadPoolOptions,
  ) {}

  /**
   * Runs one task.
   *
   * @param prepare makes the input once a thread is free, so that what waits takes no memory; what it throws is thrown here
   * @param signal gives the task up: it leaves the queue; one that a thread works on already is finished for nobody
   * @throws ThreadsBusy when too many wait already; ThreadTimeout when it takes too long or too much memory; TaskFailed with
   *   the thread's message; the signal's reason; Error when the threads are stopped
   */
  run(prepare: () => ThreadInput<I> | Promise<ThreadInput<I>>, signal?: AbortSignal): Promise<O> {
    if (this.closed) return Promise.reject(new Error('The threads are stopped.'));
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (this.waiting.length >= this.options.maxWaiting)
      return Promise.reject(new ThreadsBusy(`${this.waiting.length} tasks wait for a thread already.`));
    let giveUp = (): void => undefined;
    const outcome = new Promise<O>((resolve, reject) => {
      const task: Task = { prepare, resolve: resolve as Task['resolve'], reject, abandoned: false };
      giveUp = () => this.abandon(task, signal?.reason as Error);
      this.waiting.push(task);
    });
    signal?.addEventListener('abort', giveUp, { once: true });
    this.assign();
    return outcome.finally(() => signal?.removeEventListener('abort', giveUp));
  }

  /** Stops the threads; tasks under way fail. */
  async close(): Promise<void> {
    this.closed = true;
    for (const task of this.waiting.splice(0)) task.reject(new Error('The threads are stopped.'));
    await Promise.all([...this.lanes].map((lane) => this.drop(lane, new Error('The threads are stopped.'))));
  }

  private assign(): void {
    while (this.waiting.length > 0) {
      const lane = [...this.lanes].find((l) => l.ready && !l.task);
      if (!lane) {
        const starting = [...this.lanes].filter((l) => !l.ready).length;
        if (this.lanes.size < this.options.size && starting < this.waiting.length) this.open();
        return;
      }
      lane.task = this.waiting.shift()!;
      void this.hand(lane, lane.task);
    }
  }

  /**
   * Makes the input and gives it to the thread, unless the task or the thread is gone by then. The thread stays taken while
   * the input is made, also for a task that is given up: never are there more inputs than threads.
   */
  private async hand(lane: Lane, task: Task): Promise<void> {
    try {
      const { input, transfer } = await task.prepare();
      if (!this.lanes.has(lane)) return;
      if (task.abandoned) return this.free(lane);
      lane.worker.postMessage(input, transfer);
      lane.timer = setTimeout(() => {
        void this.drop(lane, new ThreadTimeout(`It took longer than ${this.options.timeoutMs} ms.`));
      }, this.options.timeoutMs);
    } catch (error) {
      task.reject(error as Error);
      if (this.lanes.has(lane)) this.free(lane);
    }
  }

  private abandon(task: Task, reason: Error): void {
    task.abandoned = true;
    task.reject(reason);
    const place = this.waiting.indexOf(task);
    if (place >= 0) this.waiting.splice(place, 1);
  }

  private free(lane: Lane): void {
    clearTimeout(lane.timer);
    lane.timer = lane.task = undefined;
    this.assign();
  }

  private open(): void {
    const lane: Lane = { worker: startThread(this.entry, this.options.worker), ready: false };
    this.lanes.add(lane);
    lane.worker.unref();
    lane.worker.on('message', (answer: Answer) => this.settle(lane, answer));
    lane.worker.on('error', (error: NodeJS.ErrnoException) => {
      const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      void this.drop(lane, memory ? new ThreadTimeout('It needed too much memory.') : error);
    });
    lane.worker.on('exit', (code) => void this.drop(lane, new Error(`The thread ended with code ${code}.`)));
  }

  private settle(lane: Lane, answer: Answer): void {
    const { task } = lane;
    if ('ready' in answer) {
      lane.ready = true;
      this.assign();
    } else if (task) {
      if ('error' in answer) task.reject(new TaskFailed(answer.error));
      else task.resolve(answer.output);
      this.free(lane);
    }
  }

  private async drop(lane: Lane, error: Error): Promise<void> {
    if (!this.lanes.delete(lane)) return;
    clearTimeout(lane.timer);
    lane.task?.reject(error);
    // A thread that dies before it is ready will die again: fail what waits rather than start it for ever.
    if (!lane.ready && !this.closed) for (const task of this.waiting.splice(0)) task.reject(error);
    await lane.worker.terminate();
    if (!this.closed) this.assign();
  }
}
