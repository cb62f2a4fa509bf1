import { z } from 'zod';
import { page } from '#platform/http/index.js';
import { shownName } from '../accounts/accounts.schemas.js';
import { memberRole, role, workspacePath } from '../workspaces/workspaces.schemas.js';

/** The path of a service account. */
export const serviceAccountPath = workspacePath.extend({ serviceAccountId: z.uuid() });
export type ServiceAccountPath = z.infer<typeof serviceAccountPath>;

const description = z.string().trim().max(500);
const choice = {
  role: role.exclude(['owner']).optional().describe('A role that every workspace has.'),
  roleId: z.uuid().optional().describe('Instead of "role": one that the workspace made itself.'),
};

/** A service account to be made. */
export const newServiceAccount = z
  .strictObject({
    name: shownName,
    description: description.default('').describe('What it is for, and who looks after it.'),
    ...choice,
  })
  .refine(({ role: one, roleId }) => (one === undefined) !== (roleId === undefined), 'name either a role or a roleId');
export type NewServiceAccount = z.infer<typeof newServiceAccount>;

/** A change of one. */
export const serviceAccountEdit = z
  .strictObject({ name: shownName.optional(), description: description.optional(), ...choice })
  .refine(({ role: one, roleId }) => one === undefined || roleId === undefined, 'name either a role or a roleId');
export type ServiceAccountEdit = z.infer<typeof serviceAccountEdit>;

/** A service account as it is shown. */
export const serviceAccount = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  role: memberRole,
  roleId: z.uuid().nullable().describe('Of a role that the workspace made itself, else null.'),
  roleName: z.string().nullable(),
  suspendedAt: z.iso.datetime().nullable().describe('Since when the workspace is closed to it; null when it is open.'),
  keys: z.int().describe('How many API keys of it work.'),
  lastUsedAt: z.iso.datetime().nullable().describe('When one of its keys was used last: to the minute, about.'),
  createdBy: z.uuid().nullable().describe('Who made it; null when that account is gone.'),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ServiceAccountShown = z.infer<typeof serviceAccount>;

export const serviceAccounts = page(serviceAccount);
