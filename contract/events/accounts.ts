import { z } from 'zod';
import { defineEvents } from './define.js';

/** Events of what people do with their own accounts. All belong to the system workspace. */
export const accountEvents = defineEvents({
  'device.added': {
    version: 1,
    subject: 'device',
    data: z.object({ userId: z.uuid(), sessionId: z.uuid(), name: z.string(), told: z.boolean() }),
    about: 'A person signed in from a device that they were not seen on before.',
  },
});
