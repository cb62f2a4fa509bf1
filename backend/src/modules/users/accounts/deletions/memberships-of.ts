import { type EntityManager, query } from '#platform/database/index.js';

/** A workspace of a person, and what it would be without them. */
export interface WorkspaceOfPerson {
  id: string;
  name: string;
  /** How many others belong to it. */
  others: number;
  /** Whether nobody else owns it; an owner who deleted their account or is suspended does not count. */
  onlyOwner: boolean;
}

const OF_PERSON = `
  select w.id, w.name,
         (select count(*)::int from membership o where o.workspace_id = w.id and o.user_id <> $1) as others,
         m.role = 'owner' and not exists (
           select from membership o join user_account u on u.id = o.user_id
            where o.workspace_id = w.id and o.user_id <> $1 and o.role = 'owner' and u.erase_at is null
              and o.suspended_at is null) as "onlyOwner"
    from membership m join workspace w on w.id = m.workspace_id
   where m.user_id = $1 order by w.name, w.id`;

const LOCK_OWNERS = `
  select from membership o
   where o.role = 'owner' and o.workspace_id in (select m.workspace_id from membership m where m.user_id = $1)
   order by o.workspace_id, o.user_id for update`;

/** The workspaces of a person. */
export function membershipsOf(em: EntityManager, userId: string): Promise<WorkspaceOfPerson[]> {
  return query<WorkspaceOfPerson>(em, OF_PERSON, [userId]);
}

/** Locks all owners of the person's workspaces in one order: of two who go at once the second sees the first one going. */
export async function lockOwners(em: EntityManager, userId: string): Promise<void> {
  await query(em, LOCK_OWNERS, [userId]);
}
