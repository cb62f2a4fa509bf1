import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { type EntityManager, query, Transactions } from '#platform/database/index.js';
import { tokenHash } from '../accounts/tokens.js';
import { SetupCodeRefused } from './setup.errors.js';

/** 144 random bits: 24 letters and digits. */
const CODE_BYTES = 18;

/**
 * The code that lets the first person in. It stands in a file of mode 0600 in the data folder, so that it stays the same
 * over restarts; the database holds its digest only. It works once.
 */
@Injectable()
export class SetupCode {
  private readonly path: string;

  constructor(
    config: InstanceConfig,
    private readonly transactions: Transactions,
  ) {
    this.path = join(config.dataDir, 'setup-code');
  }

  /**
   * The code while nobody owns the instance, made if need be; null once somebody does.
   *
   * The row lock lets processes that start together agree on one code.
   */
  async pending(): Promise<string | null> {
    return this.transactions.run(async (em) => {
      await query(em, `select pg_advisory_xact_lock(hashtext('signalbox setup code'))`);
      if (await this.owned(em)) {
        await rm(this.path, { force: true });
        return null;
      }
      const kept = await this.read();
      const [row] = await query<{ hash: Buffer }>(em, `select hash from setup_code`);
      if (kept && row && sameDigest(row.hash, kept)) return kept;
      const code = kept ?? randomBytes(CODE_BYTES).toString('base64url');
      if (!kept) await this.write(code);
      await query(
        em,
        `insert into setup_code (hash) values ($1)
         on conflict (singleton) do update set hash = excluded.hash, created_at = now()`,
        [tokenHash(code)],
      );
      return code;
    });
  }

  /** True when somebody owns the instance. */
  async owned(em: EntityManager): Promise<boolean> {
    return (await query(em, `select from user_account limit 1`)).length > 0;
  }

  /**
   * Uses the code up for the first owner. Of several people who try at once the first one's row lock decides; the others
   * find it used.
   *
   * @throws SetupCodeRefused when the code is wrong or was used
   */
  async consume(em: EntityManager, code: string, userId: string): Promise<void> {
    const [row] = await query<{ hash: Buffer; used_at: Date | null }>(
      em,
      `select hash, used_at from setup_code for update`,
    );
    if (!row || row.used_at || !sameDigest(row.hash, code) || (await this.owned(em))) throw new SetupCodeRefused();
    await query(em, `update setup_code set used_at = now(), used_by = $1`, [userId]);
  }

  /** Removes the file of a code that was used. */
  async forget(): Promise<void> {
    await rm(this.path, { force: true });
  }

  private async read(): Promise<string | null> {
    try {
      return (await readFile(this.path, 'utf8')).trim() || null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  private async write(code: string): Promise<void> {
    await mkdir(join(this.path, '..'), { recursive: true });
    const temporary = `${this.path}.${process.pid}.new`;
    await writeFile(temporary, `${code}\n`, { mode: 0o600 });
    await rename(temporary, this.path);
  }
}

function sameDigest(hash: Buffer, code: string): boolean {
  return timingSafeEqual(hash, tokenHash(code));
}
