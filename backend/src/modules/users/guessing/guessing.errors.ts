import { TooManyRequests } from '#platform/errors/index.js';

/** There were so many wrong attempts that the next one must wait. Said of addresses without an account just the same. */
export class AttemptsLocked extends TooManyRequests {
  static override code = 'attempts_locked';
  static override title = 'Too many wrong attempts';

  /** @param waitSeconds until the next attempt is taken */
  constructor(waitSeconds: number) {
    const seconds = Math.max(1, Math.ceil(waitSeconds));
    super(
      `There were too many wrong attempts, or too many at once: the next one is taken in ${inWords(seconds)}. If the ` +
        'account is yours, the link that we mailed, or another one you ask for, lets you in at once.',
      { headers: { 'Retry-After': String(seconds) } },
    );
  }
}

function inWords(seconds: number): string {
  const [amount, unit] = seconds < 90 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
