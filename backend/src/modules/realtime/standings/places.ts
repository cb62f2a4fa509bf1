import { Injectable } from '@nestjs/common';
import { Grants, type Permission, requirePermission, type StandingPlace } from '#platform/access/index.js';
import { NotFound } from '#platform/errors/index.js';
import type { LiveSocket } from '../server/live-socket.js';
import { Standings } from './standings.js';

/** What a socket may do in a workspace, for commands that name one. */
@Injectable()
export class Places {
  constructor(
    private readonly standings: Standings,
    private readonly grants: Grants,
  ) {}

  /**
   * @throws NotFound when it opens no such workspace; MemberSuspended, WorkspaceSuspended, SecondFactorNeeded when it would;
   *   Forbidden without the permission
   */
  async of(socket: LiveSocket, workspaceId: string, permission: Permission): Promise<StandingPlace> {
    const { actor } = socket.data.credential;
    let place = socket.data.standing.workspaces.get(workspaceId);
    // Whoever was let in since the last look shall not wait for the next one.
    if (!place) {
      await this.standings.refresh(socket);
      place = socket.data.standing.workspaces.get(workspaceId);
    }
    if (!place) {
      await this.grants.memberOf(actor, workspaceId);
      throw new NotFound('There is no such workspace.');
    }
    requirePermission({ ...actor, workspaceId, ...place }, permission);
    return place;
  }
}
