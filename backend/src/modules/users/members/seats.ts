import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager, query } from '#platform/database/index.js';
import { Quotas } from '#platform/quotas/index.js';

/** The name of the limit on the people of a workspace. */
export const MEMBERS = 'members';

const USED = 'select count(*)::int as n from membership where workspace_id = $1';
const RESERVED = `
  select count(*)::int as n from invitation
   where workspace_id = $1 and accepted_at is null and revoked_at is null and expires_at > now()`;

/** Lets plans limit the people of a workspace. An open invitation reserves a seat, so that who is invited gets in. */
@Injectable()
export class Seats implements OnModuleInit {
  constructor(private readonly quotas: Quotas) {}

  onModuleInit(): void {
    this.quotas.register({
      name: MEMBERS,
      noun: 'members',
      unit: 'count',
      remedy: 'remove a member or take an invitation back',
      used: (em, workspaceId) => count(em, USED, workspaceId),
      reserved: (em, workspaceId) => count(em, RESERVED, workspaceId),
      metered: { 'member.added': () => 1, 'member.removed': () => -1 },
    });
  }
}

async function count(em: EntityManager, text: string, workspaceId: string): Promise<number> {
  return (await query<{ n: number }>(em, text, [workspaceId]))[0]?.n ?? 0;
}
