import type { Report } from './read-bounce.js';

/** What a report means for its recipient: the address takes no mail, this mail was not taken, or nothing yet. */
export type Verdict = 'hard' | 'soft' | 'none';

/** Of addresses themselves (RFC 3463, sections 3.2 and 3.3): there is none, it moved, it is switched off, its domain takes no mail. */
const NO_ADDRESS = ['5.1.0', '5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1', '5.4.4'];
/** How servers without exact codes say the same. */
const NO_SUCH =
  /(no such (user|address|mailbox|recipient)|(user|mailbox|recipient|address|account)( name)? (is )?(unknown|not found|does not exist|doesn't exist|disabled|unavailable|no longer)|unknown (user|recipient|mailbox|address)|does not exist|host or domain name not found)/i;
/** That a mail is held for spam, or a mailbox is full, says nothing of the address, whatever the words beside it. */
const UNCLEAR = ['5.0.0', '5.5.0', '5.3.0'];

/** Judges one report. A delay is none: the server goes on trying. */
export function verdictOn({ action, status, detail }: Report): Verdict {
  if (action !== 'failed') return 'none';
  if (NO_ADDRESS.includes(status)) return 'hard';
  if (UNCLEAR.includes(status) && NO_SUCH.test(detail)) return 'hard';
  return status.startsWith('2') ? 'none' : 'soft';
}
