import { z } from 'zod';
import { defineEvents } from './define.js';

const format = z.enum(['csv', 'jsonl']);

/** Events of the audit trail itself: who was refused, who took a copy, what was sent outside to prove it later. */
export const auditEvents = defineEvents({
  'access.refused': {
    version: 1,
    subject: 'workspace',
    data: z.object({
      method: z.string(),
      /** The pattern of the route, such as `/api/v1/workspaces/:workspaceId/deals`; `*` for several that were too many to name. */
      route: z.string(),
      status: z.int(),
      /** The code of the refusal: `forbidden`, `not_found`, `workspace_suspended`. */
      code: z.string(),
      /** What the route asks for. */
      permission: z.string().nullable(),
      /** Refusals alike that this event stands for; those between the first and the last. */
      count: z.int(),
      firstAt: z.iso.datetime(),
      lastAt: z.iso.datetime(),
    }),
    about: 'Somebody who was signed in asked for what they may not have, so many times within a minute.',
  },
  'audit.export_started': {
    version: 1,
    subject: 'workspace',
    data: z.object({ format, filter: z.string().nullable(), position: z.int() }),
    about: 'Somebody began to export the audit trail, up to a position of the log.',
  },
  'audit.exported': {
    version: 1,
    subject: 'workspace',
    data: z.object({ format, events: z.int(), outcome: z.enum(['complete', 'cancelled', 'failed']) }),
    about: 'An export of the audit trail ended, completely or not.',
  },
  'audit.head_sent': {
    version: 1,
    subject: 'instance',
    data: z.object({ to: z.enum(['webhook', 'mail']), position: z.int(), signedAt: z.iso.datetime() }),
    about: 'The signed head of the log was sent outside of the instance.',
  },
});
