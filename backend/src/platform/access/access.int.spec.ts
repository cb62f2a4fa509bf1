import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { affected, type EntityManager, Reads, Transactions } from '#platform/database/index.js';
import { bootHttp, type HttpKit, person } from '#test/http-kit.js';
import {
  effectivePermissions,
  eventVisible,
  grantExists,
  grantJoin,
  Grants,
  MembershipApi,
  permissions,
  ProjectMemberships,
  rolePermissions,
  ROLES,
  scopeOf,
} from './index.js';

describe('roles', () => {
  it('hold less and less, and none of them operates the instance', () => {
    const sizes = ROLES.map((role) => rolePermissions[role].size);
    expect([...sizes].sort((a, b) => b - a)).toEqual(sizes);
    for (const role of ROLES) expect(rolePermissions[role].has('instance:operate')).toBe(false);
    expect([...rolePermissions.viewer].every((p) => p.endsWith(':read'))).toBe(true);
    for (const permission of rolePermissions.member) expect(rolePermissions.admin.has(permission)).toBe(true);
    expect(rolePermissions.owner.size).toBe(Object.keys(permissions).length - 1);
  });

  it('are narrowed by scopes and never widened', () => {
    expect([...effectivePermissions('viewer', ['deals:read', 'deals:write', 'instance:operate'])]).toEqual([
      'deals:read',
    ]);
    expect(effectivePermissions('viewer', [])).toEqual(new Set());
  });
});

describe('memberships', () => {
  let kit: HttpKit;
  let members: MembershipApi;
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [] });
    members = kit.app.get(MembershipApi);
  });
  afterAll(() => kit.close());
  const run = <T>(work: (em: EntityManager) => Promise<T>) => kit.app.get(Transactions).run(work);
  const two = async (role: 'owner' | 'member') => {
    const [workspaceId, ada, bob] = [uuidv7(), uuidv7(), uuidv7()];
    await run((em) => members.add(em, { workspaceId, userId: ada, role: 'owner' }));
    await run((em) => members.add(em, { workspaceId, userId: bob, role }));
    return { workspaceId, ada, bob };
  };
  const roles = async (workspaceId: string) =>
    new Map(
      (await members.list(kit.app.get(Transactions).reader(), workspaceId)).map(({ userId, role }) => [userId, role]),
    );

  it('are added once', async () => {
    const { workspaceId, ada, bob } = await two('member');
    await expect(run((em) => members.add(em, { workspaceId, userId: bob, role: 'admin' }))).rejects.toMatchObject({
      code: 'already_member',
    });
    expect(await roles(workspaceId)).toEqual(
      new Map([
        [ada, 'owner'],
        [bob, 'member'],
      ]),
    );
    expect(await members.workspacesOf(kit.app.get(Transactions).reader(), bob)).toMatchObject([
      { workspaceId, role: 'member' },
    ]);
  });

  it('change and end', async () => {
    const { workspaceId, ada, bob } = await two('member');
    const before = { role: 'member', roleId: null };
    expect(await run((em) => members.changeRole(em, workspaceId, bob, 'viewer'))).toEqual(before);
    expect((await roles(workspaceId)).get(bob)).toBe('viewer');
    expect(await run((em) => members.remove(em, workspaceId, bob))).toEqual({ role: 'viewer', roleId: null });
    expect(await roles(workspaceId)).toEqual(new Map([[ada, 'owner']]));
    await expect(run((em) => members.remove(em, workspaceId, bob))).rejects.toMatchObject({ code: 'not_found' });
    await expect(run((em) => members.changeRole(em, workspaceId, bob, 'admin'))).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('leave a workspace its last owner', async () => {
    const { workspaceId, ada, bob } = await two('member');
    await expect(run((em) => members.remove(em, workspaceId, ada))).rejects.toMatchObject({ code: 'last_owner' });
    await expect(run((em) => members.changeRole(em, workspaceId, ada, 'admin'))).rejects.toMatchObject({
      code: 'last_owner',
    });
    await run((em) => members.changeRole(em, workspaceId, ada, 'owner'));
    await run((em) => members.changeRole(em, workspaceId, bob, 'owner'));
    await run((em) => members.remove(em, workspaceId, ada));
    expect(await roles(workspaceId)).toEqual(new Map([[bob, 'owner']]));
  });

  it.each(['leave', 'step down', 'do one of each'])('leave one owner when two %s at once', async (what) => {
    for (let i = 0; i < 10; i++) {
      const { workspaceId, ada, bob } = await two('owner');
      const leave = (userId: string) => run((em) => members.remove(em, workspaceId, userId));
      const down = (userId: string) => run((em) => members.changeRole(em, workspaceId, userId, 'member'));
      const outcomes = await Promise.allSettled([
        what === 'step down' ? down(ada) : leave(ada),
        what === 'leave' ? leave(bob) : down(bob),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect([...(await roles(workspaceId)).values()].filter((role) => role === 'owner')).toHaveLength(1);
    }
  });

  it('count no suspended owner as one who stays, also when two suspend each other at once', async () => {
    const { workspaceId, ada, bob } = await two('owner');
    const suspend = (userId: string) => run((em) => members.suspend(em, workspaceId, userId, true));
    const outcomes = await Promise.allSettled([suspend(ada), suspend(bob)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const rest = (await members.list(kit.app.get(Transactions).reader(), workspaceId)).find((m) => !m.suspendedAt);
    const stays = rest?.userId ?? '';
    await expect(run((em) => members.remove(em, workspaceId, stays))).rejects.toMatchObject({ code: 'last_owner' });
    await expect(run((em) => members.changeRole(em, workspaceId, stays, 'admin'))).rejects.toMatchObject({
      code: 'last_owner',
    });
    expect([ada, bob]).toContain(stays);
  });

  it('are handed over by the owner once, of two who are to get it at once', async () => {
    for (let i = 0; i < 10; i++) {
      const { workspaceId, ada, bob } = await two('member');
      const eve = uuidv7();
      await run((em) => members.add(em, { workspaceId, userId: eve, role: 'viewer' }));
      const to = (userId: string) => run((em) => members.handOver(em, workspaceId, ada, userId));
      const outcomes = await Promise.allSettled([to(bob), to(eve)]);
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused.map(({ reason }) => (reason as { code: string }).code)).toEqual(['not_owner']);
      const held = await roles(workspaceId);
      expect(held.get(ada)).toBe('admin');
      expect([...held.values()].filter((role) => role === 'owner')).toHaveLength(1);
    }
  });

  it('tell whoever watches, inside the transaction, that somebody may do less', async () => {
    const { workspaceId, ada, bob } = await two('owner');
    const told: string[] = [];
    members.watch(async (_em, change) => {
      if (change.workspaceId === workspaceId) told.push(`${change.what} ${change.userId}`);
      if (change.userId === ada) throw new Error('not this one');
    });
    await run((em) => members.changeRole(em, workspaceId, bob, 'owner'));
    await run((em) => members.changeRole(em, workspaceId, bob, 'viewer'));
    await run((em) => members.suspend(em, workspaceId, bob, true));
    await run((em) => members.suspend(em, workspaceId, bob, true));
    await run((em) => members.suspend(em, workspaceId, bob, false));
    await run((em) => members.remove(em, workspaceId, bob));
    expect(told).toEqual([`role_changed ${bob}`, `suspended ${bob}`, `removed ${bob}`]);
    await run((em) => members.add(em, { workspaceId, userId: bob, role: 'owner' }));
    await expect(run((em) => members.remove(em, workspaceId, ada))).rejects.toThrow('not this one');
    expect((await roles(workspaceId)).get(ada)).toBe('owner');
  });

  it('are what statements join', async () => {
    const { workspaceId, ada } = await two('member');
    const stranger = uuidv7();
    const seen = (id: string) =>
      kit.app
        .get(Reads)
        .adHoc(`select m.user_id from membership m ${grantJoin('m.workspace_id', '$1')} where m.workspace_id = $2`, [
          id,
          workspaceId,
        ]);
    expect(await seen(ada)).toHaveLength(2);
    expect(await seen(stranger)).toEqual([]);
    const touch = (id: string) =>
      run((em) =>
        affected(
          em,
          `update membership m set role = role where m.workspace_id = $2 and ${grantExists('m.workspace_id', '$1')}`,
          [id, workspaceId],
        ),
      );
    expect(await touch(ada)).toBe(2);
    expect(await touch(stranger)).toBe(0);
  });

  it('are forgotten by this process at the commit, not before', async () => {
    const { workspaceId, bob } = await two('member');
    const grants = kit.app.get(Grants);
    const actor = person({ id: bob, userId: bob });
    expect(await grants.memberOf(actor, workspaceId)).toMatchObject({ role: 'member' });
    await run(async (em) => {
      await members.changeRole(em, workspaceId, bob, 'viewer');
      expect(await grants.memberOf(actor, workspaceId)).toMatchObject({ role: 'member' });
    });
    expect(await grants.memberOf(actor, workspaceId)).toMatchObject({ role: 'viewer' });
    await expect(
      run(async (em) => {
        await members.remove(em, workspaceId, bob);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect(await grants.memberOf(actor, workspaceId)).toMatchObject({ role: 'viewer' });
  });

  it('of projects have a role of their own, for members of the workspace only, and go with it', async () => {
    const { workspaceId, ada, bob } = await two('member');
    const projects = kit.app.get(ProjectMemberships);
    const grants = kit.app.get(Grants);
    const place = { workspaceId, projectId: uuidv7(), userId: bob };
    const inProject = async (id: string) => {
      const member = await grants.memberOf(person({ id, userId: id }), workspaceId);
      return member && grants.inProject(member, place.projectId);
    };
    await run((em) => projects.add(em, place, 'viewer'));
    expect(await inProject(bob)).toMatchObject({ role: 'viewer', permissions: rolePermissions.viewer });
    expect(await inProject(ada)).toBeNull();
    await expect(run((em) => projects.add(em, place, 'admin'))).rejects.toMatchObject({ code: 'already_member' });
    const stranger = { ...place, userId: uuidv7() };
    await expect(run((em) => projects.add(em, stranger, 'admin'))).rejects.toMatchObject({ code: 'not_in_workspace' });
    expect(await run((em) => projects.changeRole(em, place, 'admin'))).toEqual({ role: 'viewer', roleId: null });
    expect(await inProject(bob)).toMatchObject({ role: 'admin' });
    await run((em) => members.suspend(em, workspaceId, bob, true));
    await expect(inProject(bob)).rejects.toMatchObject({ code: 'member_suspended' });
    await run((em) => members.suspend(em, workspaceId, bob, false));
    await run((em) => members.remove(em, workspaceId, bob));
    await run((em) => members.add(em, { workspaceId, userId: bob, role: 'member' }));
    expect(await inProject(bob)).toBeNull();
    expect(await projects.list(kit.app.get(Transactions).reader(), workspaceId, place.projectId)).toEqual([]);
    await expect(run((em) => projects.remove(em, place))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('decide by one condition who sees an event', async () => {
    const { workspaceId, ada, bob } = await two('member');
    const projects = kit.app.get(ProjectMemberships);
    const place = { workspaceId, projectId: uuidv7(), userId: bob };
    const seen = (principal: string, kind: string, id: string | null) =>
      kit.app
        .get(Reads)
        .adHoc(
          `select from (values ($2::uuid, $3::text, $4::uuid)) as e (workspace_id, scope_kind, scope_id)
            where ${eventVisible(scopeOf('e'), '$1::uuid')}`,
          [principal, workspaceId, kind, id],
        )
        .then((rows) => rows.length === 1);
    const sees = async (principal: string) => [
      await seen(principal, 'workspace', null),
      await seen(principal, 'project', place.projectId),
      await seen(principal, 'user', bob),
      await seen(principal, 'another kind', null),
    ];
    expect(await sees(bob)).toEqual([true, false, true, false]);
    await run((em) => projects.add(em, place, 'viewer'));
    expect(await sees(bob)).toEqual([true, true, true, false]);
    expect(await sees(ada)).toEqual([true, false, false, false]);
    expect(await sees(uuidv7())).toEqual([false, false, false, false]);
    await run((em) => projects.remove(em, place));
    expect(await sees(bob)).toEqual([true, false, true, false]);
    await run((em) => projects.add(em, place, 'viewer'));
    await run((em) => members.remove(em, workspaceId, bob));
    expect(await sees(bob)).toEqual([false, false, false, false]);
  });

  it('know no system and no stranger', async () => {
    const grants = kit.app.get(Grants);
    expect(await grants.memberOf({ kind: 'system', id: null, userId: null }, uuidv7())).toBeNull();
    expect(await grants.memberOf(person(), uuidv7())).toBeNull();
  });
});
