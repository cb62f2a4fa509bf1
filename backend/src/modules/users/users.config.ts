import { z } from 'zod';
import { Config, configClass, setting, whole } from '#platform/config/index.js';

/** Who may sign up, and how long sessions and links live. */
@Config
export class UsersConfig extends configClass('users', {
  registration: setting(
    'SIGNALBOX_REGISTRATION',
    z.enum(['open', 'invite'], { error: 'must be open or invite' }).default('invite'),
    'Who may sign up: anyone (open), or only people whom a workspace invited (invite).',
  ),
  sessionDays: setting(
    'SIGNALBOX_SESSION_DAYS',
    whole(30, 1, 365),
    'Days after which a person signs in again, whatever they did.',
  ),
  sessionIdleDays: setting(
    'SIGNALBOX_SESSION_IDLE_DAYS',
    whole(14, 1, 365),
    'Days without any use after which a person signs in again.',
  ),
  passwordLanes: setting(
    'SIGNALBOX_PASSWORD_LANES',
    whole(1, 1, 16),
    'Passwords hashed at the same time, each on a thread of its own with 19 MiB of memory: about 40 a second each. Leave a core to everything else.',
  ),
}) {}
