import { z } from 'zod';
import { role } from '../workspaces/workspaces.schemas.js';

/** The catalogue of permissions. */
export const permissionCatalogue = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      sentence: z.string().describe('What it allows.'),
      roles: z.array(role).describe('The roles of every workspace that hold it.'),
      grantable: z.boolean().describe('Whether a role of a workspace or an API key can hold it.'),
    }),
  ),
});
export type PermissionCatalogue = z.infer<typeof permissionCatalogue>;
