import { z } from 'zod';
import { defineEvents } from './define.js';

/** Events of what people do with their own accounts. All belong to the system workspace. */
export const accountEvents = defineEvents({
  'user.email_change_requested': {
    version: 1,
    subject: 'user',
    data: z.object({}),
    about: 'A person asked to move their account to another address.',
  },
  'user.email_change_cancelled': {
    version: 1,
    subject: 'user',
    data: z.object({ by: z.enum(['person', 'link']) }),
    about: 'A change of address was stopped before it took effect.',
  },
  'user.email_changed': {
    version: 1,
    subject: 'user',
    data: z.object({}),
    about: 'An account moved to another address, which was confirmed.',
  },
  'user.email_change_undone': {
    version: 1,
    subject: 'user',
    data: z.object({}),
    about: 'A change of address was undone from the earlier address; the person was signed out everywhere.',
  },
  'user.deletion_scheduled': {
    version: 1,
    subject: 'user',
    data: z.object({ eraseAt: z.iso.datetime() }),
    about: 'A person deleted their account; it is erased some days later.',
  },
  'user.deletion_cancelled': {
    version: 1,
    subject: 'user',
    data: z.object({}),
    about: 'A person signed in to an account that was to be erased, which keeps it.',
  },
  'workspace.erased': {
    version: 1,
    subject: 'workspace',
    data: z.object({}),
    about: 'A workspace was erased with the only person who belonged to it.',
  },
  'personal_export.requested': {
    version: 1,
    subject: 'personal_export',
    data: z.object({ userId: z.uuid() }),
    about: 'A person asked for an export of their data.',
  },
  'personal_export.finished': {
    version: 1,
    subject: 'personal_export',
    data: z.object({ userId: z.uuid() }),
    about: "The export of a person's data can be downloaded.",
  },
  'personal_export.failed': {
    version: 1,
    subject: 'personal_export',
    data: z.object({ userId: z.uuid() }),
    about: "The export of a person's data could not be made.",
  },
  'personal_export.downloaded': {
    version: 1,
    subject: 'personal_export',
    data: z.object({ userId: z.uuid() }),
    about: 'A person downloaded the export of their data.',
  },
  'personal_export.removed': {
    version: 1,
    subject: 'personal_export',
    data: z.object({ userId: z.uuid() }),
    about: 'A person removed the export of their data.',
  },
  'personal_export.expired': {
    version: 1,
    subject: 'personal_export',
    data: z.object({ userId: z.uuid() }),
    about: "The export of a person's data was removed because its time was over.",
  },
  'user.erased': {
    version: 1,
    subject: 'user',
    data: z.object({ reason: z.enum(['unconfirmed', 'deletion']) }),
    about:
      'An account was erased: its person wished it, or its address was never confirmed and another person proved it theirs.',
  },
  'session.reauthenticated': {
    version: 1,
    subject: 'session',
    data: z.object({ userId: z.uuid(), by: z.string() }),
    about: 'A signed-in person proved again who they are.',
  },
  'session.reauthentication_refused': {
    version: 1,
    subject: 'session',
    data: z.object({ userId: z.uuid(), by: z.string() }),
    about: 'Somebody in a session failed to prove again who they are.',
  },
  'device.added': {
    version: 1,
    subject: 'device',
    data: z.object({ userId: z.uuid(), sessionId: z.uuid(), name: z.string(), told: z.boolean() }),
    about: 'A person signed in from a device that they were not seen on before.',
  },
});
