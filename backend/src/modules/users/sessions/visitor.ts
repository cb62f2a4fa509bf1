import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { browsersOf } from '../guessing/familiar-browsers.js';
import type { Visitor } from './session.entity.js';

/** Where the request comes from, as a handler's parameter. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Visitor => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { ip: address, id: requestId } = request;
  const keepsCookies = (request.body as { transport?: unknown } | null | undefined)?.transport !== 'body';
  return { address, userAgent: request.headers['user-agent'], requestId, browsers: browsersOf(request), keepsCookies };
});
