import { z } from 'zod';
import { defineEvents } from './define.js';

const role = z.enum(['admin', 'member', 'viewer', 'custom']);
// Of a role that the workspace made itself; `role` is "custom" then.
const roleId = z.uuid().optional();
const account = z.object({ name: z.string(), description: z.string(), role, roleId });

/** Events of service accounts: members of a workspace that are no person. */
export const serviceAccountEvents = defineEvents({
  'service_account.created': {
    version: 1,
    subject: 'service_account',
    data: account,
    about: 'A service account was made.',
  },
  'service_account.updated': {
    version: 1,
    subject: 'service_account',
    data: z.object({ before: account, after: account }),
    about: 'A service account got another name, description or role.',
  },
  'service_account.suspended': {
    version: 1,
    subject: 'service_account',
    data: z.object({
      name: z.string(),
      state: z.literal('suspended').optional(),
      before: z.object({ state: z.literal('active') }).optional(),
    }),
    about: 'A service account was suspended: its keys do nothing until somebody lets it in again.',
  },
  'service_account.resumed': {
    version: 1,
    subject: 'service_account',
    data: z.object({
      name: z.string(),
      state: z.literal('active').optional(),
      before: z.object({ state: z.literal('suspended') }).optional(),
    }),
    about: 'A suspended service account was let in again.',
  },
  'service_account.deleted': {
    version: 1,
    subject: 'service_account',
    data: account,
    about: 'A service account was removed, and its keys with it.',
  },
});
