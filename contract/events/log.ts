import { z } from 'zod';
import { defineEvents } from './define.js';

const place = { reader: z.string(), position: z.number().int() };

/** What happens to the log itself, and what operators do to its readers. All belong to the system workspace. */
export const logEvents = defineEvents({
  'log_reader.restarted': {
    version: 1,
    subject: 'instance',
    data: z.object({ reader: z.string() }),
    about: 'An operator let a stopped reader of the log go on.',
  },
  'log_reader.rebuilt': {
    version: 1,
    subject: 'instance',
    data: z.object({ reader: z.string(), partial: z.boolean() }),
    about: 'An operator had a reader of the log build what it keeps anew.',
  },
  'parked_event.retried': {
    version: 1,
    subject: 'event',
    data: z.object({ ...place, type: z.string(), outcome: z.enum(['read', 'failed']) }),
    about: 'An operator had a parked event read again.',
  },
  'parked_event.discarded': {
    version: 1,
    subject: 'event',
    data: z.object({ ...place, type: z.string() }),
    about: 'An operator gave a parked event up.',
  },
  'log.restored': {
    version: 1,
    subject: 'instance',
    data: z.object({
      /** When the backup was made, RFC 3339. */
      backupMadeAt: z.string(),
      /** The last event of the backup, those included that were not sealed yet. */
      position: z.number().int(),
      /** What was held, ended or is worth a look, by name: `heldJobs`. */
      counts: z.record(z.string(), z.number().int()),
    }),
    about: 'The instance was restored from a backup.',
  },
  'log.pruned': {
    version: 1,
    subject: 'instance',
    data: z.object({
      /** The last event that was removed. */
      position: z.number().int(),
      events: z.number().int(),
      /** Events older than so many days were to go. */
      keepDays: z.number(),
    }),
    about: 'Old events were removed from the log, under a signed checkpoint.',
  },
});
