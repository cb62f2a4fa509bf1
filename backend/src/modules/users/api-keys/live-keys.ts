import { Injectable } from '@nestjs/common';
import type { Permission } from '#platform/access/index.js';
import { Reads } from '#platform/database/index.js';
import { tokenHash } from '../accounts/tokens.js';
import { BriefMemory } from '../sessions/brief-memory.js';
import { AllowedAddresses } from './allowed-addresses.js';
import { isKeyText } from './key-text.js';

/** A key that works now. */
export interface LiveKey {
  id: string;
  workspaceId: string;
  /** The person it acts for; null when it is a service account's. */
  userId: string | null;
  serviceAccountId: string | null;
  scopes: Permission[];
  /** Where it may be used from. */
  addresses: AllowedAddresses;
  /** The hexadecimal digest of the secret that was sent. */
  hash: string;
}

type Row = Omit<LiveKey, 'addresses' | 'hash'> & { allowedAddresses: string[] };

// The present secret, or the one before it as long as both work.
const LIVE = `
  select id, workspace_id as "workspaceId", user_id as "userId", service_account_id as "serviceAccountId", scopes,
         allowed_addresses as "allowedAddresses"
    from api_key
   where (hash = decode($1, 'hex') or (previous_hash = decode($1, 'hex') and previous_expires_at > now()))
     and revoked_at is null and (expires_at is null or expires_at > now())`;

/** Which keys work: asked of the database at most once a second for a key. */
@Injectable()
export class LiveKeys {
  private readonly memory: BriefMemory<LiveKey>;

  constructor(reads: Reads) {
    this.memory = new BriefMemory(async (hash) => {
      const row = await reads.one<Row>('users.api_key.live', LIVE, [hash]);
      if (!row) return null;
      const { allowedAddresses, ...key } = row;
      return { ...key, addresses: new AllowedAddresses(allowedAddresses), hash };
    });
  }

  /** The key if it works; null when it is unknown, revoked or expired. Where it may be used from is for the caller to look at. */
  async find(text: string): Promise<LiveKey | null> {
    return isKeyText(text) ? this.memory.get(tokenHash(text).toString('hex')) : null;
  }

  /** Asks anew for keys that this process just changed or revoked, by the digests of their secrets. */
  forget(...hashes: (Buffer | null)[]): void {
    for (const hash of hashes) if (hash) this.memory.forget(hash.toString('hex'));
  }
}
