import { z } from 'zod';
import { defineEvents } from './define.js';

/** Events of what people do with their own accounts. All belong to the system workspace. */
export const accountEvents = defineEvents({
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
