import { z } from 'zod';
import { Config, configClass, flag, list, port, setting, url, whole } from '#platform/config/index.js';
import { isNetwork } from './sources/smtp/networks.js';

/** Settings of the deals room: the receiving SMTP port, the threads that read mail, how long deals live. */
@Config
export class DealsConfig extends configClass('deals', {
  smtpInPort: setting(
    'SIGNALBOX_SMTP_IN_PORT',
    port(2525),
    'The port that receives deal mail; 0 lets the system choose.',
  ),
  smtpInHost: setting(
    'SIGNALBOX_SMTP_IN_HOST',
    z.string().default('0.0.0.0'),
    'The address that the receiving port listens on.',
  ),
  smtpInDomain: setting(
    'SIGNALBOX_SMTP_IN_DOMAIN',
    z
      .string()
      .default('signalbox.localhost')
      .transform((domain) => domain.toLowerCase()),
    'The domain of the secret addresses that receive deal mail; its MX record leads to the receiving port.',
  ),
  smtpInEnabled: setting('SIGNALBOX_SMTP_IN', flag(true), 'Whether this instance receives mail over SMTP.'),
  smtpInConnections: setting(
    'SIGNALBOX_SMTP_IN_CONNECTIONS',
    whole(100, 1, 10_000),
    'Connections the receiving port serves at once.',
  ),
  smtpInConnectionsPerAddress: setting(
    'SIGNALBOX_SMTP_IN_CONNECTIONS_PER_ADDRESS',
    whole(20, 1, 10_000),
    'Of these, connections from one address, or one IPv6 network of 64 bits.',
  ),
  smtpInRelays: setting(
    'SIGNALBOX_SMTP_IN_RELAYS',
    list('127.0.0.0/8,::1').refine((relays) => relays.every(isNetwork), {
      error: 'must be addresses or networks such as 192.0.2.7 or 10.0.0.0/8, separated by commas',
    }),
    'Addresses and networks of mail servers that hand over the mail of many senders: they may take all connections.',
  ),
  smtpInCertificate: setting(
    'SIGNALBOX_SMTP_IN_TLS_CERT',
    z.string().optional(),
    'A file with the certificate chain (PEM) that STARTTLS offers.',
  ),
  smtpInKey: setting(
    'SIGNALBOX_SMTP_IN_TLS_KEY',
    z.string().optional(),
    'A file with the private key (PEM) of that certificate.',
  ),
  parseThreads: setting('SIGNALBOX_PARSE_THREADS', whole(1, 1, 64), 'Threads of one process that read mail.'),
  parseTimeoutMs: setting(
    'SIGNALBOX_PARSE_TIMEOUT_MS',
    whole(5_000, 100, 120_000),
    'A mail that takes longer to read is given up.',
  ),
  dealDays: setting(
    'SIGNALBOX_DEAL_DAYS',
    whole(30, 1, 3650),
    'Days after which a deal that no mail repeats runs out.',
  ),
  idleCheckSeconds: setting(
    'SIGNALBOX_IMAP_CHECK_SECONDS',
    whole(60, 1, 1_740),
    'How often a quiet mailbox is asked for new mail and whether its connection still lives.',
  ),
  idleAnswerMs: setting(
    'SIGNALBOX_IMAP_ANSWER_MS',
    whole(15_000, 100, 120_000),
    'How long a mailbox may take to answer before its connection counts as dead.',
  ),
  retryBaseSeconds: setting(
    'SIGNALBOX_SOURCE_RETRY_SECONDS',
    whole(30, 1, 3_600),
    'The first pause after a source failed; it doubles up to an hour.',
  ),
  leaseSeconds: setting(
    'SIGNALBOX_SOURCE_LEASE_SECONDS',
    whole(30, 2, 600),
    'How long a process that went silent keeps the mailboxes and feeds it holds.',
  ),
  ollamaUrl: setting(
    'OLLAMA_URL',
    url('http', 'https').optional(),
    'An Ollama server that is asked about mails which the rules are unsure of; none is asked when absent.',
  ),
  ollamaModel: setting(
    'OLLAMA_MODEL',
    z.string().default('llama3.2'),
    'The model that the Ollama server is asked for.',
  ),
  ollamaTimeoutMs: setting(
    'OLLAMA_TIMEOUT_MS',
    whole(20_000, 100, 300_000),
    'How long one answer of the model may take.',
  ),
  ollamaDailyBudget: setting(
    'OLLAMA_DAILY_BUDGET',
    whole(500, 0, 1_000_000),
    'Questions to the model in one day, for each process.',
  ),
}) {}

/** The largest message that is taken in, in bytes. */
export const MAX_MESSAGE_BYTES = 25 * 1024 * 1024;
