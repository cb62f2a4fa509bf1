import type { Agent, Dispatcher } from 'undici';

/** What is sent, and how much of the answer is kept. */
export interface Sent {
  readonly url: URL;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer | undefined;
  /** Bytes of the answer, as it comes. */
  readonly limit: number;
  /** Whether the first `limit` bytes of a larger answer are kept; else it is refused whole. */
  readonly cut: boolean;
}

/** An answer as it came. */
export interface Received {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly cut?: true;
}

/** More came than is allowed. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch';
}

/** What ends a connection whose answer nobody needs to the end. */
class Enough extends Error {
  override readonly name = 'Enough';
}

/**
 * One request and its answer on the dispatcher's own interface: the streams of `undici.request` cost as much again as the
 * request itself.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly answered: Promise<Received>;
  private resolve!: (answer: Received) => void;
  private reject!: (error: unknown) => void;
  private controller?: Dispatcher.DispatchController;
  private stopped?: Error;
  private status = 0;
  private headers: Record<string, string> = {};
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(
    agent: Agent,
    private readonly sent: Sent,
  ) {
    this.answered = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    const { url, method, headers, body } = sent;
    try {
      agent.dispatch(
        { origin: url.origin, path: url.pathname + url.search, method, headers, body: body ?? null },
        this,
      );
    } catch (error) {
      this.reject(error);
    }
  }

  /** Ends it at once, wherever it is; nothing is sent when it has not begun. */
  stop(error: Error): void {
    this.stopped ??= error;
    this.reject(error);
    this.controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.stopped) controller.abort(this.stopped);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // Before the answer itself there may be others, such as 103.
    if (status < 200) return;
    this.status = status;
    this.headers = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, joined(value)]));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.stopped) return;
    this.size += chunk.length;
    this.chunks.push(chunk);
    if (this.size <= this.sent.limit) return;
    if (!this.sent.cut) return this.stop(new TooMuch());
    this.resolve({ ...this.answer(), body: Buffer.concat(this.chunks).subarray(0, this.sent.limit), cut: true });
    this.stop(new Enough());
  }

  onResponseEnd(): void {
    this.resolve({ ...this.answer(), body: this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.reject(error);
  }

  private answer(): Pick<Received, 'status' | 'headers'> {
    return { status: this.status, headers: this.headers };
  }
}

function joined(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}
