// Everybody who may come to an entrance: with which part in a workspace, and with which credentials.
import { v7 as uuidv7 } from 'uuid';
import type { Role } from '#platform/access/index.js';
import type { Caller, Tenant } from '../tenants.js';
import { holds, WORKSPACE_PERMISSIONS, type Standing, type WorkspacePermission } from './declared.js';

/** A kind of caller: who they are depends on the permission in question for some. */
export interface CallerKind extends Standing {
  readonly name: string;
  /** True when there is one for each permission. */
  readonly perPermission?: boolean;
  /** Makes one whose own workspace is the tenant's. Nobody is `undefined`. */
  readonly make: (own: Tenant, permission: WorkspacePermission) => Promise<Pick<Caller, 'headers'> | undefined>;
  /** Gives a person who was made otherwise the same part; for people only. */
  readonly join?: (own: Tenant, person: { id: string }, permission: WorkspacePermission) => Promise<void>;
}

const allBut = (permission: WorkspacePermission) => WORKSPACE_PERMISSIONS.filter((other) => other !== permission);
const nothing = () => false;
const everything = () => true;

/** A person with a session. @param join gives them their part */
function person(
  name: string,
  standing: Omit<Standing, 'credential'>,
  join: NonNullable<CallerKind['join']>,
): CallerKind {
  return {
    name,
    credential: 'session',
    ...standing,
    join,
    make: async (own, permission) => {
      const made = await own.whole.make.person().create();
      await join(own, made, permission);
      return made;
    },
  };
}

const enter = async (
  { whole, workspace }: Tenant,
  { id }: { id: string },
  role: string,
  roleId: string | null = null,
) => {
  await whole.make.sql(
    'insert into membership (workspace_id, user_id, role, role_id) values ($1, $2, $3, $4) returning user_id',
    [workspace.id, id, role, roleId],
  );
};

function ofRole(role: Role): CallerKind {
  const may = (permission: WorkspacePermission) => holds(role, permission);
  return person(`a member with the role ${role}`, { part: 'member', may }, (own, made) => enter(own, made, role));
}

function ofCustomRole(
  name: string,
  may: Standing['may'],
  made: (permission: WorkspacePermission) => WorkspacePermission[],
): CallerKind {
  const join: CallerKind['join'] = async (own, who, permission) => {
    const id = uuidv7();
    await own.whole.make.sql(
      `insert into workspace_role (id, workspace_id, name, permissions, created_at, updated_at)
       values ($1, $2, $1::uuid::text, $3, now(), now()) returning id`,
      [id, own.workspace.id, made(permission)],
    );
    await enter(own, who, 'custom', id);
  };
  return { ...person(name, { part: 'member', may }, join), perPermission: true };
}

/** A key of the owner, limited to some permissions. */
function key(
  name: string,
  may: Standing['may'],
  scopes: (permission: WorkspacePermission) => WorkspacePermission[],
  perPermission = true,
): CallerKind {
  const make: CallerKind['make'] = (own, permission) => own.key(scopes(permission));
  return { name, credential: 'key', part: 'member', may, perPermission, make };
}

/** A key with all scopes of a service account that got a role since, and may be suspended. */
function robot(name: string, role: 'admin' | 'member' | 'viewer', part: Standing['part'] = 'member'): CallerKind {
  const may = (permission: WorkspacePermission) => holds(role, permission);
  const make: CallerKind['make'] = async (own) => {
    const serviceAccountId = await own.made('service-accounts', { name: `Robot ${uuidv7()}`, role: 'admin' });
    const wanted = { name: 'A key', scopes: WORKSPACE_PERMISSIONS, serviceAccountId };
    const { key: text } = await own.post<{ key: string }>('api-keys', wanted);
    await own.whole.make.sql(
      'update service_account set role = $2, suspended_at = case when $3 then now() end where id = $1 returning id',
      [serviceAccountId, role, part === 'suspended'],
    );
    return { headers: { authorization: `Bearer ${text}` } };
  };
  return { name, credential: 'key', part, may, robot: true, make };
}

const suspend = async ({ whole, workspace }: Tenant, { id }: { id: string }) => {
  const text = 'update membership set suspended_at = now() where workspace_id = $1 and user_id = $2 returning user_id';
  await whole.make.sql(text, [workspace.id, id]);
};
const operate = async ({ whole }: Tenant, { id }: { id: string }) => {
  await whole.make.sql('update user_account set operator = true where id = $1 returning id', [id]);
};

/** Credentials that count no more, or never did. */
function dead(name: string, make: (own: Tenant) => Promise<Pick<Caller, 'headers'> | undefined>): CallerKind {
  return { name, credential: 'none', part: 'none', may: nothing, make };
}

/** Every kind of caller. Each belongs to one workspace, if to any, and comes to another one as well. */
export const CALLERS: readonly CallerKind[] = [
  ofRole('owner'),
  ofRole('admin'),
  ofRole('member'),
  ofRole('viewer'),
  ofCustomRole('a member with a role of exactly this permission', everything, (permission) => [permission]),
  ofCustomRole('a member with a role of all but this permission', nothing, allBut),
  person('a suspended owner', { part: 'suspended', may: everything }, async (own, made) => {
    await enter(own, made, 'owner');
    await suspend(own, made);
  }),
  person('somebody without a workspace', { part: 'none', may: nothing }, async () => undefined),
  person('an operator without a workspace', { part: 'none', may: nothing, operator: true }, operate),
  key('a key with all scopes', everything, () => WORKSPACE_PERMISSIONS, false),
  key('a key with exactly this scope', everything, (permission) => [permission]),
  key('a key with all scopes but this', nothing, allBut),
  {
    name: 'a key with all scopes of a viewer',
    credential: 'key',
    part: 'member',
    may: (permission) => holds('viewer', permission),
    make: ({ whole, workspace, people }) =>
      whole.make
        .apiKey(workspace, people.viewer)
        .scopes(...WORKSPACE_PERMISSIONS)
        .create(),
  },
  {
    name: 'a key with all scopes of a suspended admin',
    credential: 'key',
    part: 'suspended',
    may: everything,
    make: async (own) => {
      const admin = await own.whole.make.person().in(own.workspace, 'admin').create();
      await suspend(own, admin);
      const { workspace, whole } = own;
      return whole.make
        .apiKey(workspace, admin)
        .scopes(...WORKSPACE_PERMISSIONS)
        .create();
    },
  },
  {
    name: 'a key with all scopes of an operator who is an owner',
    credential: 'key',
    part: 'member',
    may: everything,
    operator: true,
    make: async (own) => {
      const owner = await own.whole.make.person().operator().in(own.workspace, 'owner').create();
      const { workspace, whole } = own;
      return whole.make
        .apiKey(workspace, owner)
        .scopes(...WORKSPACE_PERMISSIONS)
        .create();
    },
  },
  robot('a service account with the role admin', 'admin'),
  robot('a service account with the role member', 'member'),
  robot('a service account with the role viewer', 'viewer'),
  robot('a suspended service account', 'admin', 'suspended'),
  {
    name: 'a key that may come from another address',
    credential: 'misplaced key',
    part: 'member',
    may: everything,
    make: async (own) => {
      const wanted = { name: 'A key', scopes: WORKSPACE_PERMISSIONS, allowedAddresses: ['198.51.100.0/24'] };
      const { key: text } = await own.post<{ key: string }>('api-keys', wanted);
      return { headers: { authorization: `Bearer ${text}` } };
    },
  },
  dead('nobody', async () => undefined),
  dead('an owner whose session ended', async ({ whole, workspace }) => {
    const owner = await whole.make.person().in(workspace, 'owner').create();
    await whole.make.sql('update session set ended_at = now() where id = $1 returning id', [owner.sessionId]);
    return owner;
  }),
  dead('an owner with a forged token', async ({ whole, workspace }) => {
    const owner = await whole.make.person().in(workspace, 'owner').create();
    const [header, , signature] = owner.token.split('.');
    const [, claims] = workspace.owner.token.split('.');
    return { headers: { authorization: `Bearer ${header}.${claims}.${signature}` } };
  }),
  dead('a key that was revoked', async (own) => {
    const made = await own.key(WORKSPACE_PERMISSIONS);
    await own.whole.make.sql('update api_key set revoked_at = now() where id = $1 returning id', [made.id]);
    return made;
  }),
  dead('a key that expired', ({ whole, workspace }) =>
    whole.make
      .apiKey(workspace, workspace.owner)
      .scopes(...WORKSPACE_PERMISSIONS)
      .expiring(new Date(Date.now() - 1000))
      .create(),
  ),
];

/** Keeps one caller of each kind, or one for each permission. */
export class Cast {
  private readonly made = new Map<string, Promise<Pick<Caller, 'headers'> | undefined>>();

  constructor(private readonly own: Tenant) {}

  get(kind: CallerKind, permission: WorkspacePermission): Promise<Pick<Caller, 'headers'> | undefined> {
    const name = kind.perPermission ? `${kind.name} ${permission}` : kind.name;
    let caller = this.made.get(name);
    if (!caller) this.made.set(name, (caller = kind.make(this.own, permission)));
    return caller;
  }
}
