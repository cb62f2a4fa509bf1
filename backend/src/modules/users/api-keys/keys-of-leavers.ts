import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MembershipApi, type MembershipChange } from '#platform/access/index.js';
import { afterCommit, type EntityManager, query } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { LiveKeys } from './live-keys.js';

const REVOKE = `
  update api_key set revoked_at = now(), revoked_by = $3
   where workspace_id = $1 and user_id = $2 and revoked_at is null
  returning id, name, hash, previous_hash as previous`;

interface RevokedKey {
  id: string;
  name: string;
  hash: Buffer;
  previous: Buffer | null;
}

/** Revokes the API keys of somebody who leaves a workspace: they do not work again when the person comes back. */
@Injectable()
export class KeysOfLeavers implements OnModuleInit {
  constructor(
    private readonly memberships: MembershipApi,
    private readonly events: EventLog,
    private readonly keys: LiveKeys,
  ) {}

  onModuleInit(): void {
    this.memberships.watch(async (em, change) => {
      if (change.what === 'removed') await this.revoke(em, change);
    });
  }

  private async revoke(em: EntityManager, { workspaceId, userId, actor }: MembershipChange): Promise<void> {
    const revoked = await query<RevokedKey>(em, REVOKE, [workspaceId, userId, actor.userId]);
    for (const { id: subjectId, name } of revoked)
      this.events.record(em, 'api_key.revoked', { workspaceId, subjectId, actor, data: { name } });
    afterCommit(em, { workspaceId, userId }, () =>
      revoked.forEach(({ hash, previous }) => this.keys.forget(hash, previous)),
    );
  }
}
