import { Injectable } from '@nestjs/common';
import type { Permission } from '#platform/access/index.js';
import { Reads } from '#platform/database/index.js';
import { tokenHash } from '../accounts/tokens.js';
import { BriefMemory } from '../sessions/brief-memory.js';
import { isKeyText } from './key-text.js';

/** A key that works now. */
export interface LiveKey {
  id: string;
  userId: string;
  scopes: Permission[];
}

const LIVE = `
  select id, user_id as "userId", scopes from api_key
  where hash = decode($1, 'hex') and revoked_at is null and (expires_at is null or expires_at > now())`;

/** Which keys work: asked of the database at most once a second for a key. */
@Injectable()
export class LiveKeys {
  private readonly memory: BriefMemory<LiveKey>;

  constructor(reads: Reads) {
    this.memory = new BriefMemory(
      async (hash) => (await reads.one<LiveKey>('users.api_key.live', LIVE, [hash])) ?? null,
    );
  }

  /** The key if it works; null when it is unknown, revoked or expired. */
  async find(text: string): Promise<LiveKey | null> {
    return isKeyText(text) ? this.memory.get(tokenHash(text).toString('hex')) : null;
  }

  /** Asks anew for a key that this process just revoked. */
  forget(hash: Buffer): void {
    this.memory.forget(hash.toString('hex'));
  }
}
