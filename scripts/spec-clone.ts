// A clone of the working tree with the installed packages, to run the real commands in.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pinnedNode, root } from './lib/paths.mjs';

/** A command that runs, and what it has said. */
export interface Running {
  readonly process: ChildProcess;
  /** Standard output and standard error, as they came. */
  output(): string;
  /** Waits until the output matches. @throws Error when the command ends before */
  says(pattern: RegExp): Promise<void>;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** A clone in a temporary folder. */
export class Clone {
  readonly folder = mkdtempSync(join(tmpdir(), 'signalbox-clone-'));
  private readonly running = new Set<Running>();

  private constructor(private readonly env: Record<string, string>) {}

  /** Copies what git knows or would know, without any data folder or build. */
  static async make(): Promise<Clone> {
    const [port, smtp] = [await freePort(), await freePort()];
    const clone = new Clone({ SIGNALBOX_PORT: String(port), SIGNALBOX_SMTP_IN_PORT: String(smtp) });
    const listed = execFileSync(
      'git',
      ['-c', `safe.directory=${root}`, 'ls-files', '-z', '-co', '--exclude-standard'],
      {
        cwd: root,
        encoding: 'utf8',
        maxBuffer: 16 * 1024 * 1024,
      },
    );
    const wanted = new Set(listed.split('\0').filter(Boolean));
    const folders = new Set(
      [...wanted].flatMap((path) => path.split('/').map((_, i, all) => all.slice(0, i).join('/'))),
    );
    cpSync(root, clone.folder, {
      recursive: true,
      filter: (source) => {
        const path = source.slice(root.length + 1);
        return wanted.has(path) || folders.has(path);
      },
    });
    symlinkSync(join(root, 'node_modules'), join(clone.folder, 'node_modules'));
    return clone;
  }

  /** The port that the console is served on. */
  get port(): number {
    return Number(this.env['SIGNALBOX_PORT']);
  }

  /** The port that mail comes in on. */
  get smtpPort(): number {
    return Number(this.env['SIGNALBOX_SMTP_IN_PORT']);
  }

  /** Runs a program of node_modules to its end. */
  tool(path: string, args: string[], env: Record<string, string> = {}): { status: number | null; said: string } {
    const { status, stdout, stderr } = spawnSync(pinnedNode, [join(this.folder, 'node_modules', path), ...args], {
      cwd: this.folder,
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    return { status, said: stdout + stderr };
  }

  /** Runs one of scripts/. */
  run(script: string, args: string[] = [], env: Record<string, string> = {}): Running {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(TEST_|DATABASE_URL|REDIS_URL|NODE_OPTIONS)/.test(name),
    );
    const child = spawn(pinnedNode, [join(this.folder, 'scripts', script), ...args], {
      cwd: this.folder,
      env: { ...Object.fromEntries(inherited), ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more) => (text += more));
    const ended = new Promise<number | string>((settle) =>
      child.once('exit', (code, signal) => settle(code ?? signal!)),
    );
    const command: Running = {
      process: child,
      output: () => text,
      ended,
      says: async (pattern) => {
        while (!pattern.test(text)) {
          if (child.exitCode !== null || child.signalCode !== null) throw new Error(`It ended and said: ${text}`);
          await new Promise((settle) => setTimeout(settle, 20));
        }
      },
    };
    this.running.add(command);
    return command;
  }

  /** Starts the instance and waits until it can be used. */
  async start(env: Record<string, string> = {}): Promise<Running> {
    const command = this.run('start.mjs', [], env);
    await command.says(/Signalbox is ready/);
    return command;
  }

  /** Ends what still runs and removes the folder. */
  async remove(): Promise<void> {
    for (const { process, ended } of this.running) {
      process.kill('SIGTERM');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '0.0.0.0', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
