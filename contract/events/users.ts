import { z } from 'zod';
import { defineEvents } from './define.js';

const role = z.enum(['owner', 'admin', 'member', 'viewer', 'custom']);
// Of a role that the workspace made itself; such a member's `role` is "custom".
const roleId = z.uuid().optional();

// What a suspension changes; absent in events of before.
const suspended = {
  state: z.literal('suspended').optional(),
  before: z.object({ state: z.literal('active') }).optional(),
};
const resumed = {
  state: z.literal('active').optional(),
  before: z.object({ state: z.literal('suspended') }).optional(),
};
const openness = z.enum(['active', 'read_only', 'closed']);

const keyRules = z.object({ name: z.string(), allowedAddresses: z.array(z.string()) });

const customRole = z.object({ name: z.string(), description: z.string(), permissions: z.array(z.string()) });

/** Events of people, their sessions, workspaces and keys. Account and session events belong to the system workspace. */
export const userEvents = defineEvents({
  'user.registered': {
    version: 1,
    subject: 'user',
    data: z.object({ operator: z.boolean() }),
    about: 'A person signed up.',
  },
  'user.email_verified': {
    version: 1,
    subject: 'user',
    data: z.object({}),
    about: 'A person confirmed their address.',
  },
  'user.profile_updated': {
    version: 1,
    subject: 'user',
    data: z.object({ changed: z.array(z.string()) }),
    about: 'A person changed their profile or preferences.',
  },
  'user.password_reset_requested': {
    version: 1,
    subject: 'user',
    // False: so many links were sent within the hour that this time there was none. Absent in events of before.
    data: z.object({ mailed: z.boolean().optional() }),
    about: 'A password reset was requested.',
  },
  'user.password_changed': {
    version: 1,
    subject: 'user',
    data: z.object({ by: z.enum(['reset', 'change']) }),
    about: 'A person set a new password.',
  },
  'user.signed_out': {
    version: 1,
    subject: 'user',
    data: z.object({ sessions: z.int() }),
    about: 'An operator ended all sessions of a person.',
  },
  'operator.added': {
    version: 1,
    subject: 'user',
    data: z.object({}),
    about: 'A person became an operator of the instance.',
  },
  'operator.removed': {
    version: 1,
    subject: 'user',
    data: z.object({}),
    about: 'A person is an operator of the instance no more.',
  },
  'operator.recovered': {
    version: 1,
    subject: 'user',
    data: z.object({ sessions: z.int() }),
    about:
      'Whoever runs the machine let an operator in again: so many sessions ended, and a link that sets a new password was shown there.',
  },
  'session.started': {
    version: 1,
    subject: 'session',
    data: z.object({
      userId: z.uuid(),
      method: z.enum(['password', 'registration', 'passkey', 'identity']),
      factor: z.enum(['totp', 'passkey', 'recovery_code']).optional(),
    }),
    about: 'A person signed in.',
  },
  'session.ended': {
    version: 1,
    subject: 'session',
    data: z.object({
      userId: z.uuid(),
      reason: z.enum([
        'logout',
        'revoked',
        'reuse',
        'password_changed',
        'email_changed',
        'factor_added',
        'deletion',
        'expired',
        'restored',
      ]),
    }),
    about: 'A session ended.',
  },
  'session.refused': {
    version: 1,
    subject: 'user',
    data: z.object({ reason: z.enum(['password', 'unverified', 'unknown']) }),
    about: 'A sign-in was refused.',
  },
  'workspace.created': {
    version: 1,
    subject: 'workspace',
    data: z.object({ name: z.string() }),
    about: 'A workspace was made.',
  },
  'workspace.updated': {
    version: 1,
    subject: 'workspace',
    data: z.object({ before: z.object({ name: z.string() }), after: z.object({ name: z.string() }) }),
    about: 'A workspace was renamed.',
  },
  'member.added': {
    version: 1,
    subject: 'user',
    data: z.object({ role, roleId }),
    about: 'A person joined the workspace.',
  },
  'member.role_changed': {
    version: 1,
    subject: 'user',
    data: z.object({ before: role, after: role, beforeRoleId: roleId, afterRoleId: roleId }),
    about: "A member's role changed.",
  },
  'member.removed': {
    version: 1,
    subject: 'user',
    data: z.object({ role, roleId, left: z.boolean().optional() }),
    about: 'A person left the workspace, by themselves or because somebody removed them.',
  },
  'member.suspended': {
    version: 1,
    subject: 'user',
    data: z.object({ role, roleId, ...suspended }),
    about: 'A member was suspended: the workspace is closed to them until somebody lets them in again.',
  },
  'member.resumed': {
    version: 1,
    subject: 'user',
    data: z.object({ role, roleId, ...resumed }),
    about: 'A suspended member was let in again.',
  },
  'workspace.handed_over': {
    version: 1,
    subject: 'workspace',
    data: z.object({ userId: z.uuid() }),
    about: 'An owner handed the workspace over to another member, whom the event names, and is an admin now.',
  },
  'workspace.suspended': {
    version: 1,
    subject: 'workspace',
    data: z.object({
      mode: z.enum(['read_only', 'closed']),
      reason: z.string().nullable(),
      state: openness.optional(),
      before: z.object({ state: openness }).optional(),
    }),
    about: 'An operator made the workspace read-only, or closed it.',
  },
  'workspace.resumed': {
    version: 1,
    subject: 'workspace',
    data: z.object({
      mode: z.enum(['read_only', 'closed']),
      state: openness.optional(),
      before: z.object({ state: openness }).optional(),
    }),
    about: 'An operator ended the suspension of the workspace.',
  },
  'role.created': { version: 1, subject: 'role', data: customRole, about: 'A role was made.' },
  'role.updated': {
    version: 1,
    subject: 'role',
    data: z.object({ before: customRole, after: customRole }),
    about: 'A role was changed, and with it what everybody who has it may do.',
  },
  'role.deleted': { version: 1, subject: 'role', data: customRole, about: 'A role that nobody had was removed.' },
  'invitation.created': {
    version: 1,
    subject: 'invitation',
    data: z.object({ role, roleId }),
    about: 'A person was invited, or invited again.',
  },
  'invitation.accepted': {
    version: 1,
    subject: 'invitation',
    data: z.object({ role, roleId, userId: z.uuid() }),
    about: 'An invitation was accepted.',
  },
  'invitation.revoked': {
    version: 1,
    subject: 'invitation',
    data: z.object({ role, roleId, because: z.enum(['inviter']).optional() }),
    about: 'An invitation was taken back, or ended because its inviter may not invite with this role any more.',
  },
  'api_key.created': {
    version: 1,
    subject: 'api_key',
    data: z.object({
      name: z.string(),
      scopes: z.array(z.string()),
      expiresAt: z.string().nullable(),
      // Absent when it may be used from everywhere.
      allowedAddresses: z.array(z.string()).optional(),
      // Absent when it belongs to the person who made it.
      serviceAccountId: z.uuid().optional(),
    }),
    about: 'An API key was made.',
  },
  'api_key.updated': {
    version: 1,
    subject: 'api_key',
    data: z.object({ before: keyRules, after: keyRules }),
    about: 'An API key was renamed, or the addresses that it may be used from were changed.',
  },
  'api_key.rotated': {
    version: 1,
    subject: 'api_key',
    data: z.object({
      name: z.string(),
      expiresAt: z.string().nullable(),
      /** Until when the earlier secret works too; null when it ended at once. */
      previousUntil: z.string().nullable(),
    }),
    about: 'An API key got a new secret; the earlier one works for a while longer, or not at all.',
  },
  'api_key.revoked': {
    version: 1,
    subject: 'api_key',
    data: z.object({ name: z.string(), because: z.enum(['service_account_deleted']).optional() }),
    about: 'An API key was revoked, by itself or with the service account that it belonged to.',
  },
});
