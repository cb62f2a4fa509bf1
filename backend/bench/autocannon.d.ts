// The part of autocannon that the benchmarks use; the package has no types of its own.
declare module 'autocannon' {
  interface Request {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
  }
  interface Options extends Request {
    url: string;
    connections: number;
    /** Seconds. */
    duration: number;
    /** Requests a second of all connections; latencies then count from when a request was due. */
    overallRate?: number;
    /** Sent in turns. */
    requests?: Request[];
  }
  interface Result {
    requests: { total: number };
    /** Milliseconds. */
    latency: { p50: number; p99: number };
    non2xx: number;
    errors: number;
  }
  /** A run under way; it can be ended early. */
  interface Run extends Promise<Result> {
    stop(): void;
  }
  export default function autocannon(options: Options): Run;
}
