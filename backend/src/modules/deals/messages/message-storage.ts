import { Injectable, type OnModuleInit } from '@nestjs/common';
import { query, type EntityManager } from '#platform/database/index.js';
import { Quotas, type MeteredEvent } from '#platform/quotas/index.js';

/** The name of the limit on stored bytes. */
export const STORAGE = 'storage';

const USED = 'select coalesce(sum(size), 0)::float8 as bytes from message where workspace_id = $1';

/** Lets plans limit the bytes that a workspace's messages take. */
@Injectable()
export class MessageStorage implements OnModuleInit {
  constructor(private readonly quotas: Quotas) {}

  onModuleInit(): void {
    this.quotas.register({
      name: STORAGE,
      noun: 'storage',
      unit: 'bytes',
      remedy: 'remove messages',
      costly: true,
      used: async (em, workspaceId) => (await query<{ bytes: number }>(em, USED, [workspaceId]))[0]?.bytes ?? 0,
      metered: { 'message.received': sizeOf, 'message.deleted': (event) => -sizeOf(event) },
    });
  }

  /**
   * Takes room for messages that are about to be inserted, in the caller's transaction.
   *
   * @throws QuotaExceeded when one of their workspaces has not got it
   */
  async take(em: EntityManager, messages: readonly { workspaceId: string; size: number }[]): Promise<void> {
    for (const [workspaceId, bytes] of byWorkspace(messages)) await this.quotas.take(em, workspaceId, STORAGE, bytes);
  }

  /** Gives the room of messages back that were not inserted, or are removed. */
  async give(em: EntityManager, messages: readonly { workspaceId: string; size: number }[]): Promise<void> {
    for (const [workspaceId, bytes] of byWorkspace(messages)) await this.quotas.give(em, workspaceId, STORAGE, bytes);
  }

  /** Refuses a message that would be refused anyway, before its bytes are kept. @throws QuotaExceeded */
  async foresee(workspaceId: string, size: number): Promise<void> {
    await this.quotas.foresee(workspaceId, STORAGE, size);
  }
}

/** In one order, so that two transactions which take in mail of the same workspaces do not wait for each other. */
function byWorkspace(messages: readonly { workspaceId: string; size: number }[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const { workspaceId, size } of messages) sums.set(workspaceId, (sums.get(workspaceId) ?? 0) + size);
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Removals of an older version did not say how much went. */
function sizeOf({ data }: MeteredEvent): number {
  return (data as { size?: number }).size ?? 0;
}
