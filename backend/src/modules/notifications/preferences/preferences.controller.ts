import { Controller, Get, Patch } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, IfMatch, Input, NotFound, PreconditionFailed, ValidationFailed, Who } from '#platform/http/index.js';
import { requirePerson } from '../person.js';
import {
  type MembershipPath,
  membershipPath,
  preferences,
  type PreferencesChange,
  preferencesChange,
  type ProjectQuery,
  projectQuery,
} from './preferences.schemas.js';
import { EVERYWHERE, PreferencesService } from './preferences.service.js';

const bodyExample = { cells: [{ kind: 'deal.found', channel: 'mail', enabled: false }] };

/** Where the caller wants to be told. */
@Controller('me')
export class PreferencesController {
  constructor(private readonly service: PreferencesService) {}

  @Get('notification-preferences')
  @Endpoint({
    permission: 'self',
    summary: 'Where you want to be told',
    description:
      'Every kind of news by every channel: what holds, and where that was chosen. The inbox gets everything.',
    response: preferences,
    etag: true,
  })
  own(@Who() who: Actor) {
    return this.service.of(requirePerson(who), EVERYWHERE);
  }

  @Patch('notification-preferences')
  @Endpoint({
    permission: 'self',
    summary: 'Choose where you want to be told',
    description: 'Holds in every workspace and project where you chose nothing else. Null takes a choice back.',
    body: preferencesChange,
    response: preferences,
    errors: [ValidationFailed, PreconditionFailed],
    etag: true,
    bodyExample,
  })
  choose(@Who() who: Actor, @Input.body() body: PreferencesChange, @IfMatch() ifMatch: string | undefined) {
    return this.service.choose(requirePerson(who), EVERYWHERE, body, ifMatch);
  }

  @Get('memberships/:membershipId/notification-preferences')
  @Endpoint({
    permission: 'self',
    summary: 'Where you want to be told in one workspace, or in a project of it',
    params: membershipPath,
    query: projectQuery,
    response: preferences,
    errors: [NotFound],
    etag: true,
  })
  inWorkspace(
    @Who() who: Actor,
    @Input.params() { membershipId }: MembershipPath,
    @Input.query() { projectId }: ProjectQuery,
  ) {
    return this.service.of(requirePerson(who), { workspaceId: membershipId, projectId: projectId ?? null });
  }

  @Patch('memberships/:membershipId/notification-preferences')
  @Endpoint({
    permission: 'self',
    summary: 'Choose where you want to be told in one workspace, or in a project of it',
    description: 'Comes before what holds in all of your workspaces. Null takes a choice back.',
    params: membershipPath,
    query: projectQuery,
    body: preferencesChange,
    response: preferences,
    errors: [NotFound, ValidationFailed, PreconditionFailed],
    etag: true,
    bodyExample,
  })
  chooseInWorkspace(
    @Who() who: Actor,
    @Input.params() { membershipId }: MembershipPath,
    @Input.query() { projectId }: ProjectQuery,
    @Input.body() body: PreferencesChange,
    @IfMatch() ifMatch: string | undefined,
  ) {
    return this.service.choose(
      requirePerson(who),
      { workspaceId: membershipId, projectId: projectId ?? null },
      body,
      ifMatch,
    );
  }
}
