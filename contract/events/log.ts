import { z } from 'zod';
import { defineEvents } from './define.js';

const place = { reader: z.string(), position: z.number().int() };

/** What operators do to the readers of the log. All belong to the system workspace. */
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
});
