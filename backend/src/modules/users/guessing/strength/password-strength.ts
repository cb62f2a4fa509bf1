import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Unavailable } from '#platform/errors/index.js';
import { ThreadPool, ThreadsBusy, ThreadTimeout } from '#platform/threads/index.js';
import { newPassword } from '../../accounts/accounts.schemas.js';
import { loadKnownPasswords } from './known-passwords.js';
import { type Acquaintance, isPersonal, personalWords, TOO_PERSONAL } from './personal-words.js';
import type { PasswordStrengthShown } from './strength.schemas.js';

/** A password to estimate, with words that are easy for this person. */
export interface EstimateTask {
  password: string;
  words: string[];
}

/** How hard a password is to guess, as zxcvbn says it. */
export interface Estimate {
  /** From 0, a handful of guesses, to 4, more than 10^10. */
  score: number;
  /** How long its hash would withstand ten thousand guesses a second, in words. */
  time: string;
  warning: string | null;
  suggestions: string[];
}

/** The dictionaries take about 30 MB, which are given back when nobody types a password for so long. */
const IDLE_MS = 5 * 60_000;

const SENTENCES = [
  'Far too easy to guess',
  'Easy to guess',
  'Takes some effort to guess',
  'Hard to guess',
  'Very hard to guess',
];

/** Estimates how hard a password is to guess (zxcvbn), in a thread that neither a long nor a strange one can stall. */
@Injectable()
export class PasswordStrength implements OnModuleInit, OnApplicationShutdown {
  private threads: ThreadPool<EstimateTask, Estimate> | undefined;
  private idle: NodeJS.Timeout | undefined;

  onModuleInit(): void {
    // Read now rather than in the first sign-up, which would hold up all requests for as long.
    loadKnownPasswords();
  }

  /** @throws Unavailable when too many wait already */
  async of(password: string, person: Acquaintance): Promise<PasswordStrengthShown> {
    const { score, time, warning, suggestions } = await this.estimate({ password, words: personalWords(person) });
    const refusals = refusalsOf(password, person);
    return {
      score,
      sentence: `${SENTENCES[score] ?? SENTENCES[0]}: stolen from the server, it would last ${time}.`,
      suggestions: [...(warning ? [warning] : []), ...suggestions],
      accepted: refusals.length === 0,
      refusals,
    };
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.idle);
    await this.threads?.close();
  }

  private async estimate(task: EstimateTask): Promise<Estimate> {
    clearTimeout(this.idle);
    this.threads ??= new ThreadPool(new URL('./strength.thread.js', import.meta.url), {
      size: 1,
      maxWaiting: 20,
      timeoutMs: 5000,
      worker: { resourceLimits: { maxOldGenerationSizeMb: 128 } },
    });
    this.idle = setTimeout(() => this.rest(), IDLE_MS).unref();
    try {
      return await this.threads.run(() => ({ input: task }));
    } catch (error) {
      if (!(error instanceof ThreadsBusy || error instanceof ThreadTimeout)) throw error;
      const extra = { headers: { 'Retry-After': '2' }, cause: error };
      throw new Unavailable('Too many passwords are being estimated: try again in a moment.', extra);
    }
  }

  private rest(): void {
    void this.threads?.close();
    this.threads = undefined;
  }
}

/** Why it would not be taken, if so. */
function refusalsOf(password: string, person: Acquaintance): string[] {
  const found = newPassword.safeParse(password).error?.issues.map((issue) => issue.message) ?? [];
  return isPersonal(password, person) ? [...found, TOO_PERSONAL] : found;
}
