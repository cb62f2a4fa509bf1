import { z } from 'zod';
import { defineEvents } from './define.js';

const quota = z.object({
  /** The name of the limit: `members`, `storage`. */
  quota: z.string(),
  /** In the limit's unit: things, or bytes. */
  used: z.number().int(),
  allowed: z.number().int(),
  plan: z.string(),
  /** The calendar month (UTC) that is told of once: `2026-11`. */
  period: z.string(),
});

/** Events of plans, their limits and what is paid for them. */
export const planEvents = defineEvents({
  'plan.changed': {
    version: 1,
    subject: 'workspace',
    data: z.object({
      before: z.string(),
      after: z.string(),
      reason: z.enum(['assigned', 'paid', 'unpaid', 'cancelled']),
    }),
    about: 'The workspace got another plan.',
  },
  'plan.assigned': {
    version: 1,
    subject: 'workspace',
    data: z.object({ before: z.string().nullable(), after: z.string().nullable() }),
    about: 'An operator assigned a plan to a workspace, or took the assignment back.',
  },
  'quota.warned': {
    version: 1,
    subject: 'workspace',
    data: quota,
    about: 'The workspace uses 80 % of what its plan includes.',
  },
  'quota.reached': {
    version: 1,
    subject: 'workspace',
    data: quota,
    about: 'The workspace uses all that its plan includes; more is refused.',
  },
  'checkout.started': {
    version: 1,
    subject: 'workspace',
    data: z.object({ plan: z.string() }),
    about: 'Somebody went to pay for a plan.',
  },
  'billing_portal.opened': {
    version: 1,
    subject: 'workspace',
    data: z.object({}),
    about: 'Somebody went to see or change what is paid.',
  },
  'payment.failed': {
    version: 1,
    subject: 'workspace',
    data: z.object({ plan: z.string(), graceUntil: z.string() }),
    about: 'A payment failed; the plan stays until the grace ends.',
  },
  'payment.recovered': {
    version: 1,
    subject: 'workspace',
    data: z.object({ plan: z.string() }),
    about: 'A failed payment was made good.',
  },
});
