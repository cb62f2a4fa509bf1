import { connectionFault, OutboundFailed } from '#platform/http-client/index.js';
import { QuotaExceeded } from '#platform/quotas/index.js';
import { Superseded } from '../source-leases.js';

/** The mailbox cannot be read as it is set up; the message is a sentence for people. */
export class MailboxRefused extends Error {
  override readonly name = 'MailboxRefused';
}

const WORDS: Record<string, string> = {
  CONNECT_TIMEOUT: 'The mail server did not answer in time.',
  GREETING_TIMEOUT: 'The mail server did not greet; perhaps it expects another kind of encryption.',
  ETIMEOUT: 'The mail server stopped answering.',
  NoConnection: 'The mail server closed the connection.',
  EConnectionClosed: 'The mail server closed the connection.',
  ClosedAfterConnectTLS: 'The mail server broke the encryption off.',
  ClosedAfterConnectText: 'The mail server closed the connection at once.',
};

/** Any failure of a mailbox as a sentence for people. */
export function imapWords(error: unknown): string {
  const spoken = [MailboxRefused, OutboundFailed, QuotaExceeded, Superseded].some((kind) => error instanceof kind);
  if (spoken) return (error as Error).message;
  const { code, authenticationFailed, message, responseText } = error as {
    code?: string;
    authenticationFailed?: boolean;
    message?: string;
    responseText?: string;
  };
  if (authenticationFailed) return 'The mail server refused the sign-in: check user name and password or token.';
  return (
    connectionFault(error) ??
    WORDS[code ?? ''] ??
    `The mail server answered: ${(responseText ?? message ?? 'nothing').slice(0, 300)}`
  );
}
