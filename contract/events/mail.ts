import { z } from 'zod';
import { defineEvents } from './define.js';

/** What operators do to the preview mailbox. */
export const mailEvents = defineEvents({
  'preview_mail.opened': {
    version: 1,
    subject: 'mail',
    data: z.object({ messageId: z.string() }),
    about: 'An operator opened a mail of the preview mailbox, which may hold a one-time link.',
  },
  'preview_mailbox.cleared': {
    version: 1,
    subject: 'instance',
    data: z.object({ count: z.number().int() }),
    about: 'An operator emptied the preview mailbox.',
  },
});
