import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { affected, afterCommit, type EntityManager, query } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { LiveKeys } from '../../api-keys/live-keys.js';
import { FactorChanges } from '../../factors/factor-changes.js';
import { KnownDevices } from '../../sessions/known-devices.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import type { Account } from '../account.entity.js';

const PASSKEYS = `delete from passkey where user_id = $1 and created_at >= $2 returning id, name`;
const IDENTITIES = `delete from identity where user_id = $1 and created_at >= $2 returning id, provider`;
const AUTHENTICATOR = `delete from totp_factor where user_id = $1 and created_at >= $2`;
const CODES = `delete from recovery_code where user_id = $1 and created_at >= $2`;
// Also those of service accounts whose secret they were shown since, and older ones that got a new secret.
const KEYS = `
  update api_key set revoked_at = now()
   where (user_id = $1 or issued_by = $1) and issued_at >= $2 and revoked_at is null
  returning id, workspace_id as "workspaceId", name, hash, previous_hash as previous`;

interface RevokedKey {
  id: string;
  workspaceId: string;
  name: string;
  hash: Buffer;
  previous: Buffer | null;
}

/** Puts whoever got into an account out of it, with what they may have left to come back by. */
@Injectable()
export class Evictions {
  constructor(
    private readonly events: EventLog,
    private readonly sessions: SessionsService,
    private readonly devices: KnownDevices,
    private readonly factors: FactorChanges,
    private readonly keys: LiveKeys,
  ) {}

  /**
   * Ends every session, forgets every device, makes the password useless, calls a deletion off, and removes the ways to sign in
   * and the API keys that were made or got a new secret since a moment; the owner's older ones stay.
   */
  async evict(em: EntityManager, account: Account, actor: Actor & { userId: string }, since: Date): Promise<void> {
    const { id } = account;
    const about = { workspaceId: SYSTEM_WORKSPACE, scope: { kind: 'user', id }, actor } as const;
    account.clearPassword();
    if (account.keep()) this.events.record(em, 'user.deletion_cancelled', { ...about, subjectId: id, data: {} });
    for (const { id: subjectId, name } of await query<{ id: string; name: string }>(em, PASSKEYS, [id, since]))
      this.events.record(em, 'passkey.removed', { ...about, subjectId, data: { userId: id, name } });
    for (const { id: subjectId, provider } of await query<{ id: string; provider: string }>(em, IDENTITIES, [
      id,
      since,
    ]))
      this.events.record(em, 'identity.unlinked', { ...about, subjectId, data: { userId: id, provider } });
    if ((await affected(em, AUTHENTICATOR, [id, since])) > 0)
      this.events.record(em, 'totp.disabled', { ...about, subjectId: id, data: {} });
    await query(em, CODES, [id, since]);
    await this.factors.removed(em, actor);
    const keys = await query<RevokedKey>(em, KEYS, [id, since]);
    for (const { id: subjectId, workspaceId, name } of keys)
      this.events.record(em, 'api_key.revoked', { workspaceId, subjectId, actor, data: { name } });
    afterCommit(em, this, () => keys.forEach(({ hash, previous }) => this.keys.forget(hash, previous)));
    await this.sessions.endAll(em, id, 'email_changed', actor);
    await this.devices.forgetAll(em, id);
  }
}
