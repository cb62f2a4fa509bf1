import { z } from 'zod';
import { defineEvents } from './define.js';

/** What operators do to jobs. All belong to the system workspace. */
export const jobEvents = defineEvents({
  'job.retried': {
    version: 1,
    subject: 'job',
    data: z.object({ kind: z.string(), was: z.enum(['parked', 'queued']) }),
    about: 'An operator had a job run again.',
  },
  'job.cancelled': {
    version: 1,
    subject: 'job',
    data: z.object({ kind: z.string(), was: z.enum(['parked', 'queued']) }),
    about: 'An operator gave a job up.',
  },
  'jobs.released': {
    version: 1,
    subject: 'instance',
    data: z.object({ queue: z.string().nullable(), count: z.number().int() }),
    about: 'An operator released jobs that were held, as they are after a restore.',
  },
});
