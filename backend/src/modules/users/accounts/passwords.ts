import { randomBytes } from 'node:crypto';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { UsersConfig } from '../users.config.js';
import { Lanes } from './lanes.js';

// OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const WAITING = 500;

/** Hashes and checks passwords with Argon2id on the library's own threads, a few at a time, so that requests keep flowing. */
@Injectable()
export class Passwords {
  private readonly lanes: Lanes;
  private readonly decoy = nobodysHash();

  constructor(config: UsersConfig) {
    this.lanes = new Lanes(config.passwordLanes, WAITING);
  }

  /** @returns the hash as a PHC string. @throws LanesFull */
  hash(password: string): Promise<string> {
    return this.lanes.run(() => hash(canonical(password), COST));
  }

  /**
   * Checks a password in the same time whether or not there is a hash: without one it is checked against a decoy and
   * refused.
   *
   * @throws LanesFull
   */
  async matches(stored: string | null, password: string): Promise<boolean> {
    const right = await this.lanes.run(() => verify(stored ?? this.decoy, canonical(password)));
    return right && stored !== null;
  }

  /** True when the hash was made at another cost than today's: hash the password again when it is at hand. */
  outdated(stored: string): boolean {
    const { memoryCost, timeCost, parallelism } = parseOptions(stored);
    return memoryCost !== COST.memoryCost || timeCost !== COST.timeCost || parallelism !== COST.parallelism;
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
