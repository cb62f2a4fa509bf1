// Servers that benchmarks compare: each a process of its own, asked by autocannon from the benchmark's. The figure is CPU
// time of the server's process a request, which other load on the machine disturbs little.
import { fork, type ChildProcess } from 'node:child_process';
import autocannon from 'autocannon';

const CONNECTIONS = 32;

/** What a round of requests cost. */
export interface Round {
  /** CPU time of the server a request. */
  microseconds: number;
  /** Requests a second of CPU time. */
  perSecond: number;
}

/** A server in a process of its own. */
export class MeasuredServer<Ready extends { port: number }> {
  private constructor(
    readonly name: string,
    /** What the process told when it was ready. */
    readonly ready: Ready,
    private readonly child: ChildProcess,
  ) {}

  /**
   * Runs the benchmark's own file with `--serve <name>`, which must call `serveMeasured`. With `--profile` on the command
   * line, the server called `signalbox` writes a CPU profile.
   */
  static async start<Ready extends { port: number }>(
    file: string,
    name: string,
    env: NodeJS.ProcessEnv,
  ): Promise<MeasuredServer<Ready>> {
    const profiled = process.argv.includes('--profile') && name === 'signalbox';
    const execArgv = profiled ? ['--cpu-prof', '--cpu-prof-dir=.data/profile'] : [];
    const child = fork(file, ['--serve', name], { env, execArgv });
    const ready = await new Promise<Ready>((resolve, reject) => {
      child.once('message', (message) => resolve(message as Ready));
      child.once('exit', (code) => reject(new Error(`The server ${name} ended with ${code}.`)));
    });
    return new MeasuredServer(name, ready, child);
  }

  /** @throws Error when a request was refused or lost */
  async ask(path: string, authorization: string | undefined, seconds: number): Promise<Round> {
    const before = await this.usage();
    const result = await autocannon({
      url: `http://127.0.0.1:${this.ready.port}${path}`,
      connections: CONNECTIONS,
      duration: seconds,
      headers: authorization === undefined ? {} : { authorization },
    });
    const used = (await this.usage()) - before;
    if (result.non2xx > 0 || result.errors > 0)
      throw new Error(`${this.name} refused ${result.non2xx} and lost ${result.errors} requests.`);
    return { microseconds: used / result.requests.total, perSecond: result.requests.total / (used / 1e6) };
  }

  /** Ends it, and waits for that. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.send('stop');
    await ended;
  }

  private usage(): Promise<number> {
    return new Promise((resolve) => {
      this.child.once('message', (message) => resolve(Number(message)));
      this.child.send('usage');
    });
  }
}

/** The name after `--serve`, in a process that `MeasuredServer.start` made. */
export function servedName(): string | undefined {
  const serving = process.argv.indexOf('--serve');
  return serving > 0 ? process.argv[serving + 1] : undefined;
}

/** In the server's process: says that it is ready, then what CPU time it has used whenever it is asked. */
export function serveMeasured(ready: { port: number }, stop: () => Promise<void> = async () => undefined): void {
  // A benchmark that was ended from outside leaves no server behind.
  process.on('disconnect', () => process.exit(1));
  process.on('message', (message) => {
    if (message === 'stop') return void stop().finally(() => process.exit(0));
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.send?.(ready);
}

/** The round in the middle. */
export function median(rounds: readonly Round[]): Round {
  const sorted = [...rounds].sort((a, b) => a.microseconds - b.microseconds);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (!middle) throw new Error('Nothing was measured.');
  return middle;
}

/** One line of the report. */
export function printRound(name: string, { microseconds, perSecond }: Round): void {
  const cost = microseconds.toFixed(1).padStart(7);
  const rate = Math.round(perSecond).toString().padStart(7);
  console.log(`${name.padEnd(24)} ${cost} µs CPU a request  ${rate} requests a core-second`);
}
