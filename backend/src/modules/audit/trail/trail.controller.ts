import { Controller, Get } from '@nestjs/common';
import type { Actor, Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { EventNotFound } from './trail.errors.js';
import { TrailQueries } from './trail.queries.js';
import {
  auditEvent,
  auditEventPage,
  eventParams,
  exampleEvent,
  systemEventParams,
  trailQuery,
  workspaceParams,
  type EventParams,
  type SystemEventParams,
  type TrailQuery,
} from './trail.schemas.js';

const FILTERING =
  'Filters ask for type, actor, by, session, key, subject, about, address, at and scope: `type:session.* actor:me at>-7d`. The newest come first.';
const list = {
  query: trailQuery,
  response: auditEventPage,
  example: { items: [exampleEvent], nextCursor: null },
  errors: [FilterRefused],
};
const one = { response: auditEvent, example: exampleEvent, errors: [EventNotFound] };

/** What happened in a workspace. */
@Controller('workspaces/:workspaceId/audit-events')
export class AuditEventsController {
  constructor(private readonly trail: TrailQueries) {}

  @Get()
  @Endpoint({
    permission: 'audit:read',
    summary: 'What happened in the workspace: who, what, from where, through which session or key',
    description: `${FILTERING} What concerns one person or one project is shown to that person, or to the members of that project.`,
    params: workspaceParams,
    ...list,
  })
  list(@Who() who: Member, @Input.query() query: TrailQuery) {
    return this.trail.list(who, query);
  }

  @Get(':eventId')
  @Endpoint({ permission: 'audit:read', summary: 'One event of the trail', params: eventParams, ...one })
  one(@Who() who: Member, @Input.params() { eventId }: EventParams) {
    return this.trail.one(who, eventId);
  }
}

/** What happened on the instance, outside of any workspace. */
@Controller('audit-events')
export class SystemAuditEventsController {
  constructor(private readonly trail: TrailQueries) {}

  @Get()
  @Endpoint({
    permission: 'instance:operate',
    summary: "What happened on the instance: sign-ins, accounts and operators' acts",
    description: `${FILTERING} What happened in workspaces is for their own admins.`,
    ...list,
  })
  list(@Who() who: Actor, @Input.query() query: TrailQuery) {
    return this.trail.list(who, query);
  }

  @Get(':eventId')
  @Endpoint({
    permission: 'instance:operate',
    summary: "One event of the instance's trail",
    params: systemEventParams,
    ...one,
  })
  one(@Who() who: Actor, @Input.params() { eventId }: SystemEventParams) {
    return this.trail.one(who, eventId);
  }
}
