import { MailDeferred, MailRejected } from './mail.errors.js';

/** What nodemailer tells of a failure. */
interface SmtpError extends Error {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
  rejectedErrors?: SmtpError[];
}

/** Commands whose refusal concerns this mail; every other concerns the server or our account on it. */
const ABOUT_THE_MAIL = new Set(['RCPT TO', 'DATA', 'MAIL FROM']);
/** Refusals by nodemailer itself, before the server is asked, that no repeat would change. */
const NEVER_RIGHT = new Set(['EENVELOPE', 'EMESSAGE', 'EFILEACCESS', 'EURLACCESS']);

/**
 * Tells a refusal for good from one for now, by RFC 5321 section 4.2.1: 5xx is permanent, 4xx transient. A lost or
 * refused connection, a timeout, failed TLS and failed sign-in are for now too: an operator repairs them and no recipient
 * is to blame.
 */
export function smtpFault(error: unknown): MailDeferred | MailRejected {
  const fault = error as SmtpError;
  const said = fault.rejectedErrors?.[0] ?? fault;
  const { responseCode: code, command = 'CONN' } = said;
  const response = said.response ?? fault.message;
  const aboutTheMail = ABOUT_THE_MAIL.has(command);
  const options = { cause: error };
  if (code && code >= 500 && aboutTheMail)
    return new MailRejected(`The mail server refused the mail: ${response}`, response, code, options);
  if (!code && NEVER_RIGHT.has(fault.code ?? ''))
    return new MailRejected(`The mail cannot be sent: ${fault.message}`, fault.message, undefined, options);
  const why = code
    ? `The mail server put the mail off: ${response}`
    : `The mail server cannot be reached: ${fault.message}`;
  // 421: the server is closing the channel, whatever it was asked (RFC 5321 section 4.2.3).
  return new MailDeferred(why, response, !aboutTheMail || code === 421 || !code, code, options);
}
