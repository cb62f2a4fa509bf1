import { Body, createParamDecorator, Param, Query, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor, Member } from '#platform/access/index.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends the request, set by the gate: a Member on workspace routes, null on public ones without sign-in. */
    actor: Actor | Member | null;
  }
}

function request(context: ExecutionContext): FastifyRequest {
  return context.switchToHttp().getRequest<FastifyRequest>();
}

/** The caller: `Member` on workspace routes, `Actor` on others, `Actor | null` on public ones. */
export const Who = createParamDecorator((_: unknown, context: ExecutionContext) => request(context).actor);

/** The `If-Match` header, to be given to `expectVersion`. */
export const IfMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext) => request(context).headers['if-match'],
);

/**
 * An AbortSignal that says when nobody waits for the answer any more: the caller went away, or was answered in the handler's
 * place because it took too long.
 */
export const Abandoned = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal => {
  const { raw } = context.switchToHttp().getResponse<FastifyReply>();
  if (raw.closed) return AbortSignal.abort();
  const abandoned = new AbortController();
  raw.once('close', () => abandoned.abort());
  return abandoned.signal;
});

/** Parts of the request, parsed by the schemas of the route's `@Endpoint`. */
export const Input = {
  /** The JSON body. */
  body: (): ParameterDecorator => Body(),
  /** The query string. */
  query: (): ParameterDecorator => Query(),
  /** The path's parameters. */
  params: (): ParameterDecorator => Param(),
};
