import { z } from 'zod';
import { defineEvents } from './define.js';

const wait = { guesses: z.int(), until: z.iso.datetime() };

/** Events of guessing at passwords and codes. They belong to the system workspace. */
export const guessingEvents = defineEvents({
  'account.locked': {
    version: 1,
    subject: 'user',
    data: z.object({
      ...wait,
      guessed: z.enum(['password', 'second_factor', 'confirmation']),
      familiarBrowser: z.boolean(),
    }),
    about: 'After wrong attempts at an account the next one has to wait.',
  },
  'account.unlocked': {
    version: 1,
    subject: 'user',
    data: z.object({ by: z.enum(['link', 'reset']) }),
    about: 'A person ended the wait for their account by a mailed link.',
  },
  'network.locked': {
    version: 1,
    subject: 'network',
    data: z.object(wait),
    about: 'After wrong attempts from a network the next one has to wait.',
  },
});
