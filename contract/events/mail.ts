import { z } from 'zod';
import { defineEvents } from './define.js';

/** What operators do to the preview mailbox. */
export const mailEvents = defineEvents({
  'preview_mailbox.cleared': {
    version: 1,
    subject: 'instance',
    data: z.object({ count: z.number().int() }),
    about: 'An operator emptied the preview mailbox.',
  },
});
