import { z } from 'zod';
import { page } from '#platform/http/index.js';
import { shownName } from '../accounts/accounts.schemas.js';

/** The roles of a workspace. */
export const role = z.enum(['owner', 'admin', 'member', 'viewer']);

/** The path of a workspace. */
export const workspacePath = z.object({ workspaceId: z.uuid() });

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
  role: role.describe("The caller's role in it."),
  secondFactorRequired: z.boolean().describe('Whether it asks its people for a second factor.'),
  secondFactorNeeded: z.boolean().describe('Whether it stays closed until the caller has a second factor.'),
  version: z.int(),
  createdAt: z.iso.datetime(),
});
export type WorkspaceShown = z.infer<typeof workspace>;

export const workspaces = page(workspace);
