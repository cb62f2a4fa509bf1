import { Injectable } from '@nestjs/common';
import { affected, query, Reads, type EntityManager } from '#platform/database/index.js';
import type { QuotaKind, QuotaShare } from '#platform/quotas/index.js';

/** A costly count is believed for so long, in seconds, while there is room by it: what was missed meanwhile is found then. */
const BELIEVED_SECONDS = 3600;
/** And so long when there is none: who is full asks often. */
export const DOUBTED_SECONDS = 60;

// One statement makes the row or locks the one there is, until the transaction ends.
const LOCK = `
  insert into quota_use as q (workspace_id, quota) values ($1, $2)
  on conflict (workspace_id, quota) do update set quota = excluded.quota
  returning q.used, extract(epoch from now() - q.counted_at)::float8 as age`;
const NOTE = `
  update quota_use set used = $3, counted_at = case when $4 then now() else counted_at end
   where workspace_id = $1 and quota = $2`;
const GIVE = `
  update quota_use set used = greatest(0, used - $3) where workspace_id = $1 and quota = $2 and used is not null`;
const RECENT = `
  select used from quota_use
   where workspace_id = $1 and quota = $2 and counted_at > now() - make_interval(secs => ${DOUBTED_SECONDS})`;

interface Locked {
  used: string | null;
  /** Seconds since it was counted; null when it never was. */
  age: number | null;
}

/** How much of a limited thing a workspace uses, counted under a lock that lets one transaction at a time take more. */
@Injectable()
export class QuotaUses {
  constructor(private readonly reads: Reads) {}

  /**
   * Locks the workspace's use of one kind and takes more of it, if the sum stays within what is allowed.
   *
   * @param redeems what others have reserved does not count
   * @returns what counted before it, and whether it was taken
   */
  async take(
    em: EntityManager,
    { kind, workspaceId, amount }: QuotaShare,
    allowed: number,
    redeems: boolean,
  ): Promise<{ used: number; taken: boolean }> {
    const locked = await lock(em, kind, workspaceId);
    const reserved = redeems ? 0 : await reservedOf(em, kind, workspaceId);
    const fits = (used: number) => used + reserved + amount <= allowed;
    const believed = kind.costly ? believable(locked, fits) : undefined;
    const used = believed ?? (await countOf(em, kind, workspaceId));
    const taken = fits(used);
    if (taken) await affected(em, NOTE, [workspaceId, kind.name, used + amount, believed === undefined]);
    return { used: used + reserved, taken };
  }

  /** Gives some of a costly kind back. */
  async give(em: EntityManager, { kind, workspaceId, amount }: QuotaShare): Promise<void> {
    await affected(em, GIVE, [workspaceId, kind.name, amount]);
  }

  /** Counts a costly kind anew, so that it need not be counted for each of many who are refused. */
  async recount(em: EntityManager, kind: QuotaKind, workspaceId: string): Promise<void> {
    const { age } = await lock(em, kind, workspaceId);
    if (age !== null && age < DOUBTED_SECONDS) return;
    await affected(em, NOTE, [workspaceId, kind.name, await countOf(em, kind, workspaceId), true]);
  }

  /** What is used of a costly kind, if that was counted a moment ago. */
  async recent({ kind, workspaceId }: QuotaShare): Promise<number | undefined> {
    const row = await this.reads.one<{ used: string }>('plans.recent-use', RECENT, [workspaceId, kind.name]);
    return row && Number(row.used);
  }
}

/** What is promised beside what is used; 0 for kinds that reserve nothing. */
export async function reservedOf(em: EntityManager, kind: QuotaKind, workspaceId: string): Promise<number> {
  return (await kind.reserved?.(em, workspaceId)) ?? 0;
}

async function lock(em: EntityManager, kind: QuotaKind, workspaceId: string): Promise<Locked> {
  const [row] = await query<Locked>(em, LOCK, [workspaceId, kind.name]);
  return row ?? { used: null, age: null };
}

function believable({ used, age }: Locked, fits: (used: number) => boolean): number | undefined {
  if (used === null || age === null) return undefined;
  const known = Number(used);
  return age < (fits(known) ? BELIEVED_SECONDS : DOUBTED_SECONDS) ? known : undefined;
}

async function countOf(em: EntityManager, kind: QuotaKind, workspaceId: string): Promise<number> {
  if (!kind.used) throw new Error(`The quota "${kind.name}" is taken from and nobody counts it.`);
  return kind.used(em, workspaceId);
}
