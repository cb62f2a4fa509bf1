import type { TransferListItem, Worker, WorkerOptions } from 'node:worker_threads';
import { startThread } from './start-thread.js';

/** How a pool runs. */
export interface ThreadPoolOptions {
  /** Threads at most; each takes one task at a time. They start with the first tasks. */
  size: number;
  /** A task that takes longer loses its thread, which is replaced. Milliseconds; starting the thread does not count. */
  timeoutMs: number;
  /** Such as `resourceLimits`. */
  worker?: WorkerOptions;
}

/** A task took longer than it may, or used up the thread's memory; the thread was stopped. */
export class ThreadTimeout extends Error {
  override readonly name = 'ThreadTimeout';
}

/** The thread's code refused its input; the thread lives on. */
export class TaskFailed extends Error {
  override readonly name = 'TaskFailed';
}

interface Task {
  input: unknown;
  transfer: readonly TransferListItem[];
  resolve(output: unknown): void;
  reject(error: Error): void;
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
   * @param transfer buffers that move to the thread instead of being copied
   * @throws ThreadTimeout when it takes too long or too much memory; TaskFailed with the thread's message; Error when the
   *   threads are stopped
   */
  run(input: I, transfer: readonly TransferListItem[] = []): Promise<O> {
    if (this.closed) return Promise.reject(new Error('The threads are stopped.'));
    return new Promise<O>((resolve, reject) => {
      this.waiting.push({ input, transfer, resolve: resolve as Task['resolve'], reject });
      this.assign();
    });
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
      const task = this.waiting.shift()!;
      lane.task = task;
      lane.timer = setTimeout(() => {
        void this.drop(lane, new ThreadTimeout(`It took longer than ${this.options.timeoutMs} ms.`));
      }, this.options.timeoutMs);
      lane.worker.postMessage(task.input, task.transfer);
    }
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
    if ('ready' in answer) lane.ready = true;
    else {
      const { task } = lane;
      clearTimeout(lane.timer);
      lane.task = undefined;
      if ('error' in answer) task?.reject(new TaskFailed(answer.error));
      else task?.resolve(answer.output);
    }
    this.assign();
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
