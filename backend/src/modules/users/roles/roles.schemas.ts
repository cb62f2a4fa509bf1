import { z } from 'zod';
import { ROLES, type Permission, workspacePermissions } from '#platform/access/index.js';
import { page } from '#platform/http/index.js';
import { shownName } from '../accounts/accounts.schemas.js';
import { role, workspacePath } from '../workspaces/workspaces.schemas.js';

/** The path of a role. */
export const rolePath = workspacePath.extend({ roleId: z.uuid() });
export type RolePath = z.infer<typeof rolePath>;

/** A permission that a role may hold. */
export const rolePermission = z.enum(workspacePermissions as [Permission, ...Permission[]]);

const name = shownName.refine((text) => !(ROLES as readonly string[]).includes(text.toLowerCase()), {
  error: 'is the name of a role that every workspace has',
});

/** A role to be made. */
export const newRole = z.strictObject({
  name,
  description: z.string().trim().max(500).default('').describe('What it is for.'),
  permissions: z
    .array(rolePermission)
    .min(1)
    .max(100)
    .describe('See GET /permissions. You must hold each of them yourself; "workspace:read" is always among them.'),
});
export type NewRole = z.infer<typeof newRole>;

/** A change of a role. */
export const roleEdit = z.strictObject({
  name: name.optional(),
  description: z.string().trim().max(500).optional(),
  permissions: newRole.shape.permissions.optional(),
});
export type RoleEdit = z.infer<typeof roleEdit>;

/** A role that a workspace made itself. */
export const workspaceRole = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  permissions: z.array(z.string()),
  members: z.int().describe('How many members have it.'),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type RoleShown = z.infer<typeof workspaceRole>;

export const workspaceRoles = page(workspaceRole);

/** Which role somebody is to have. */
export const roleChoice = {
  role: role.optional().describe('A role that every workspace has.'),
  roleId: z.uuid().optional().describe('Instead of "role": one that the workspace made itself.'),
};
export interface RoleChoice {
  role?: z.infer<typeof role> | undefined;
  roleId?: string | undefined;
}
