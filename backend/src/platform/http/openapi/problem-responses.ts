import { SecondFactorNeeded } from '#platform/access/index.js';
import {
  type DomainErrorClass,
  Forbidden,
  NotFound,
  PayloadTooLarge,
  TooManyRequests,
  Unauthenticated,
  Unavailable,
  UnsupportedMediaType,
  ValidationFailed,
} from '#platform/errors/index.js';
import { QuotaExceeded } from '#platform/quotas/index.js';
import { CsrfTokenRefused, ForeignOrigin } from '../cross-site/cross-site.errors.js';
import { refusesOtherSites } from '../cross-site/own-origins.js';
import { AnswerLost, KeyReused, RequestRunning, SecretShownOnce } from '../idempotency/idempotency.errors.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { problemType } from '../problems/problem.js';
import type { RoutePlan } from '../routes/route-plan.js';
import type { JsonSchema } from './json-schema.js';

type Kind = Pick<DomainErrorClass, 'status' | 'code' | 'title'>;

const INTERNAL: Kind = { status: 500, code: 'internal_error', title: 'Something went wrong' };

/** The schema of every refusal. */
export function problemSchema(): JsonSchema {
  return {
    type: 'object',
    description: 'A refusal (RFC 9457).',
    required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
    properties: {
      type: { type: 'string', description: 'A URI of the kind of problem.' },
      title: { type: 'string' },
      status: { type: 'integer' },
      code: { type: 'string', description: 'What programs look at: it never changes its meaning.' },
      detail: { type: 'string', description: 'A sentence for a person.' },
      requestId: { type: 'string' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['path', 'message'],
          properties: {
            path: { type: 'string', description: 'A JSON pointer (RFC 6901).' },
            message: { type: 'string' },
          },
        },
      },
    },
    additionalProperties: true,
  };
}

/** The refusals of a route, by status, each code with an example. */
export function problemResponses(
  method: string,
  plan: RoutePlan,
): Record<string, { description: string; content: object }> {
  const byStatus = new Map<number, Kind[]>();
  for (const kind of kindsOf(method, plan)) {
    const kinds = byStatus.get(kind.status) ?? [];
    if (!kinds.some(({ code }) => code === kind.code)) byStatus.set(kind.status, [...kinds, kind]);
  }
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, kinds]) => [
        String(status),
        {
          description: kinds.map(({ title, code }) => `${title} (\`${code}\`)`).join('; '),
          content: {
            'application/problem+json': {
              schema: { $ref: '#/components/schemas/Problem' },
              examples: Object.fromEntries(
                kinds.map((kind) => [kind.code, { summary: kind.title, value: problemExample(kind) }]),
              ),
            },
          },
        },
      ]),
  );
}

function kindsOf(method: string, plan: RoutePlan): Kind[] {
  const { endpoint, demand } = plan;
  const takesBody = endpoint.body !== undefined && !['GET', 'HEAD'].includes(method);
  return [
    ValidationFailed,
    ...(demand.kind === 'public' ? [] : [Unauthenticated, Forbidden]),
    ...(refusesOtherSites(method, plan) ? [ForeignOrigin] : []),
    ...(endpoint.cookieAuthority ? [CsrfTokenRefused] : []),
    // A program that has asked too often in a month.
    ...(demand.kind === 'workspace' ? [QuotaExceeded] : []),
    ...(demand.kind === 'workspace' ? [SecondFactorNeeded] : []),
    ...(demand.kind === 'workspace' || endpoint.params ? [NotFound] : []),
    ...(takesBody ? [PayloadTooLarge, UnsupportedMediaType] : []),
    ...(demand.kind !== 'public' && Idempotency.applies(method, plan)
      ? [RequestRunning, endpoint.oneTimeSecret ? SecretShownOnce : AnswerLost, KeyReused]
      : []),
    ...(endpoint.rateClass === 'none' ? [] : [TooManyRequests]),
    ...(endpoint.errors ?? []),
    INTERNAL,
    Unavailable,
  ];
}

function problemExample({ status, code, title }: Kind): JsonSchema {
  return {
    type: problemType(code),
    title,
    status,
    code,
    detail: `${title}.`,
    requestId: '01977c5e-8a3b-7c2d-9e4f-5a6b7c8d9e0f',
    ...(status === 400 ? { errors: [{ path: '/query/limit', message: 'must be at most 200' }] } : {}),
  };
}
