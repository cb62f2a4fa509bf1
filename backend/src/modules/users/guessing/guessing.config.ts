import { Config, configClass, setting, whole } from '#platform/config/index.js';

/** How many wrong attempts are borne, and how long the next one then waits. */
@Config
export class GuessingConfig extends configClass('guessing', {
  guesses: setting(
    'SIGNALBOX_GUESSES',
    whole(10, 3, 100),
    'Wrong passwords in a row for one account before the next attempt must wait: a minute first, then twice as long each time.',
  ),
  guessesOfNetwork: setting(
    'SIGNALBOX_GUESSES_OF_NETWORK',
    whole(100, 3, 10_000),
    'The same for all accounts together, from one IPv4 address or IPv6 network of 64 bits.',
  ),
  longestWaitMinutes: setting(
    'SIGNALBOX_GUESSES_LONGEST_WAIT',
    whole(60, 1, 1440),
    'The longest that an attempt has to wait, in minutes.',
  ),
}) {}
