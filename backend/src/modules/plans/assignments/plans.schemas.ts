import { z } from 'zod';
import { payment } from '../billing/billing.schemas.js';
import { plan } from '../usage/usage.schemas.js';

/** The plan of a workspace as its people see it. */
export const heldPlan = z.object({
  plan,
  source: z
    .enum(['assigned', 'paid', 'default'])
    .describe('Whether an operator assigned it, it is paid for, or it is what every workspace has.'),
  changedAt: z.iso.datetime().nullable().describe('When the workspace last got another plan; null when it never did.'),
  payment: payment.nullable().describe('How the payments stand; null when nobody went to pay.'),
  offers: z.array(plan).describe('What can be bought; empty where no payments are taken.'),
});
export type HeldPlanShown = z.infer<typeof heldPlan>;
