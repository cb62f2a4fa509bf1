import { Controller, Delete, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, type ListQuery, NotFound, Who } from '#platform/http/index.js';
import { requirePerson } from '../accounts/person.js';
import {
  type SessionParams,
  sessionParams,
  type SessionsEnd,
  sessionsEnd,
  sessionsEnded,
  sessionsPage,
  sessionsQuery,
} from './own-sessions.schemas.js';
import { OwnSessionsService } from './own-sessions.service.js';
import { SessionCookie } from './session-cookie.js';

/** Where a person is signed in. */
@Controller('sessions')
export class OwnSessionsController {
  constructor(
    private readonly service: OwnSessionsService,
    private readonly cookie: SessionCookie,
  ) {}

  @Get()
  @Endpoint({
    permission: 'self',
    summary: 'Where you are signed in',
    description: 'Your sessions that are not over, with device, address and last use.',
    query: sessionsQuery,
    response: sessionsPage,
    example: {
      items: [
        {
          id: '0192f0c1-7d3e-7a51-9c55-2f1c7a3b9d10',
          device: 'Firefox on Windows',
          method: 'password',
          address: '203.0.113.7',
          lastAddress: '203.0.113.7',
          startedAt: '2027-03-01T08:15:00.000Z',
          lastUsedAt: '2027-03-02T17:40:12.000Z',
          expiresAt: '2027-03-16T17:40:12.000Z',
          current: true,
        },
      ],
      nextCursor: null,
    },
  })
  list(@Who() who: Actor, @Input.query() query: ListQuery) {
    return this.service.list(requirePerson(who), query);
  }

  @Delete(':sessionId')
  @Endpoint({
    permission: 'self',
    summary: 'End one of your sessions',
    description: 'The device loses access within a second and must sign in again.',
    status: 204,
    params: sessionParams,
    errors: [NotFound],
  })
  async end(
    @Who() who: Actor,
    @Input.params() { sessionId }: SessionParams,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await this.service.end(requirePerson(who), sessionId);
    if (sessionId === who.sessionId) this.cookie.clear(reply);
  }

  @Delete()
  @Endpoint({
    permission: 'self',
    summary: 'End your other sessions, or all of them',
    query: sessionsEnd,
    response: sessionsEnded,
  })
  async endMany(@Who() who: Actor, @Input.query() query: SessionsEnd, @Res({ passthrough: true }) reply: FastifyReply) {
    const ended = await this.service.endMany(requirePerson(who), query);
    if (query.which === 'all') this.cookie.clear(reply);
    return ended;
  }
}
