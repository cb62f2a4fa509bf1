import { z } from 'zod';
import { page } from '#platform/http/index.js';
import { email, linkToken } from '../accounts/accounts.schemas.js';
import { roleChoice } from '../roles/roles.schemas.js';
import { memberRole, workspacePath } from '../workspaces/workspaces.schemas.js';

/** The path of a member. */
export const memberPath = workspacePath.extend({ userId: z.uuid() });
export type MemberPath = z.infer<typeof memberPath>;

/** A member as others in the workspace see them. */
export const member = z.object({
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: memberRole,
  roleId: z.uuid().nullable().describe('Of a role that the workspace made itself, else null.'),
  roleName: z.string().nullable(),
  suspendedAt: z.iso
    .datetime()
    .nullable()
    .describe('Since when the workspace is closed to them; null when it is open.'),
  joinedAt: z.iso.datetime(),
});
export type MemberShown = z.infer<typeof member>;

export const members = page(member);

/** A change of a member's role. */
export const roleChange = z
  .strictObject(roleChoice)
  .refine(({ role, roleId }) => (role === undefined) !== (roleId === undefined), 'name either a role or a roleId');
export type RoleChange = z.infer<typeof roleChange>;

/** The path of an invitation. */
export const invitationPath = workspacePath.extend({ invitationId: z.uuid() });
export type InvitationPath = z.infer<typeof invitationPath>;

/** An invitation to be sent. */
export const newInvitation = z
  .strictObject({ email, ...roleChoice })
  .refine(({ role, roleId }) => role === undefined || roleId === undefined, 'name either a role or a roleId');
export type NewInvitation = z.infer<typeof newInvitation>;

/** An invitation as the workspace's admins see it. */
export const invitation = z.object({
  id: z.uuid(),
  email: z.string(),
  role: memberRole,
  roleId: z.uuid().nullable().describe('Of a role that the workspace made itself, else null.'),
  invitedBy: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  expired: z.boolean(),
});
export type InvitationShown = z.infer<typeof invitation>;

export const invitations = page(invitation);

/** An invitation's token. */
export const invitationUse = z.strictObject({ token: linkToken });
export type InvitationUse = z.infer<typeof invitationUse>;

/** What an invitation offers, for whoever holds its link. */
export const offer = z.object({
  workspaceName: z.string(),
  email: z.string(),
  role: memberRole,
  invitedBy: z.string().nullable().describe('The name of the person who sent it.'),
  hasAccount: z.boolean().describe('Whether to sign in with that address, or to sign up.'),
});
export type Offer = z.infer<typeof offer>;

/** The membership that accepting an invitation gave. */
export const joined = z.object({ workspaceId: z.uuid(), role: memberRole });
export type Joined = z.infer<typeof joined>;
