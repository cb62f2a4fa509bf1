import { randomBytes } from 'node:crypto';
import { type Options, parseOptions } from '@node-rs/argon2';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ThreadPool, ThreadsBusy, ThreadTimeout } from '#platform/threads/index.js';
import { UsersConfig } from '../users.config.js';
import { TooBusy } from './accounts.errors.js';

/** A password to hash, or to compare with the hash that is stored. */
export interface HashTask {
  password: string;
  stored?: string;
  cost: Options;
}

// OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const WAITING = 500;
// A hash takes 25 ms of a core: one that took this long would be no use to anybody any more.
const LONGEST_MS = 30_000;

/** Hashes and checks passwords with Argon2id in threads of low priority, a few at a time, so that requests keep flowing. */
@Injectable()
export class Passwords implements OnApplicationShutdown {
  private readonly threads: ThreadPool<HashTask, string | boolean>;
  private readonly decoy = nobodysHash();

  constructor(config: UsersConfig) {
    this.threads = new ThreadPool(new URL('./argon2.thread.js', import.meta.url), {
      size: config.passwordLanes,
      maxWaiting: WAITING,
      timeoutMs: LONGEST_MS,
    });
  }

  /** @returns the hash as a PHC string. @throws TooBusy */
  async hash(password: string): Promise<string> {
    return (await this.run({ password: canonical(password), cost: COST })) as string;
  }

  /**
   * Checks a password in the same time whether or not there is a hash: without one it is checked against a decoy and
   * refused.
   *
   * @throws TooBusy
   */
  async matches(stored: string | null, password: string): Promise<boolean> {
    const right = await this.run({ password: canonical(password), stored: stored ?? this.decoy, cost: COST });
    return right === true && stored !== null;
  }

  /** True when the hash was made at another cost than today's: hash the password again when it is at hand. */
  outdated(stored: string): boolean {
    const { memoryCost, timeCost, parallelism } = parseOptions(stored);
    return memoryCost !== COST.memoryCost || timeCost !== COST.timeCost || parallelism !== COST.parallelism;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.threads.close();
  }

  private async run(task: HashTask): Promise<string | boolean> {
    try {
      return await this.threads.run(() => ({ input: task }));
    } catch (error) {
      throw error instanceof ThreadsBusy || error instanceof ThreadTimeout ? new TooBusy(error) : error;
    }
  }
}

/** A hash of the usual cost that no password has: random bytes in place of one, so that the first stranger costs no more. */
function nobodysHash(): string {
  const { memoryCost, timeCost, parallelism } = COST;
  const [salt, digest] = [16, 32].map((bytes) => randomBytes(bytes).toString('base64').replaceAll('=', ''));
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${salt}$${digest}`;
}

/** One form for every way a keyboard composes the same characters (NIST SP 800-63B, section 3.1.1.2). */
function canonical(password: string): string {
  return password.normalize('NFKC');
}
