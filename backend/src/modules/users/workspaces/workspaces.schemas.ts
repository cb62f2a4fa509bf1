import { z } from 'zod';
import { page } from '#platform/http/index.js';
import { shownName } from '../accounts/accounts.schemas.js';

/** The roles that every workspace has. */
export const role = z.enum(['owner', 'admin', 'member', 'viewer']);

/** The role that somebody has. */
export const memberRole = z
  .enum([...role.options, 'custom'])
  .describe('"custom" for a role that the workspace made itself.');

/** The path of a workspace. */
export const workspacePath = z.object({ workspaceId: z.uuid() });
export type WorkspacePath = z.infer<typeof workspacePath>;

/** What a workspace is made of. */
export const newWorkspace = z.strictObject({ name: shownName });
export type NewWorkspace = z.infer<typeof newWorkspace>;

/** A change of a workspace. */
export const workspaceChange = newWorkspace.partial();
export type WorkspaceChange = z.infer<typeof workspaceChange>;

/** A workspace as its members see it. */
export const workspace = z.object({
  id: z.uuid(),
  name: z.string(),
  role: memberRole.describe('The caller\'s role in it; "custom" for one that the workspace made itself.'),
  permissions: z
    .array(z.string())
    .describe('What the caller may do in it now; see GET /permissions. None while it is closed to them.'),
  secondFactorRequired: z.boolean().describe('Whether it asks its people for a second factor.'),
  secondFactorNeeded: z.boolean().describe('Whether it stays closed until the caller has a second factor.'),
  closedBecause: z
    .enum(['workspace_suspended', 'member_suspended', 'second_factor_needed'])
    .nullable()
    .describe('Why it is closed to the caller for now; null when it is open.'),
  readOnly: z.boolean().describe('Whether the operators of the instance let nobody change anything in it for now.'),
  version: z.int(),
  createdAt: z.iso.datetime(),
});
export type WorkspaceShown = z.infer<typeof workspace>;

export const workspaces = page(workspace);
