import { z } from 'zod';
import { memberRole } from '../workspaces/workspaces.schemas.js';

const because = z.string().describe('Why, in a sentence.');

/** What somebody can see and do in a workspace, and why. */
export const memberAccess = z.object({
  userId: z.uuid(),
  name: z.string(),
  role: memberRole,
  roleId: z.uuid().nullable(),
  roleName: z.string().nullable().describe('Of a role that the workspace made itself.'),
  open: z.boolean().describe('Whether the workspace is open to them now.'),
  because,
  permissions: z
    .array(z.object({ name: z.string(), sentence: z.string(), because }))
    .describe('What they may do now; none while the workspace is closed to them.'),
  projects: z.array(
    z.object({
      projectId: z.uuid(),
      role: memberRole,
      roleName: z.string().nullable(),
      permissions: z.array(z.string()),
      because,
    }),
  ),
  keys: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      hint: z.string(),
      expiresAt: z.iso.datetime().nullable(),
      permissions: z.array(z.string()).describe('What it may do now: its scopes, as far as its maker holds them.'),
      because,
    }),
  ),
  suspendedAt: z.iso.datetime().nullable(),
  secondFactor: z.object({ held: z.boolean(), required: z.boolean(), because }),
});
export type MemberAccess = z.infer<typeof memberAccess>;
