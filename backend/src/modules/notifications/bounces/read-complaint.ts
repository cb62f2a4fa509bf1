import { bodyText, partsOf, readHead } from './mail-parts.js';
import { ADDRESS, groupsOf, oneLine } from './report-fields.js';

/** That somebody reported a mail as unwanted. */
export interface Complaint {
  /** Whom it was sent to, if the report says so; many mailbox providers strike it out. */
  readonly recipients: readonly string[];
  /** Such as `abuse` (RFC 5965, section 3.1 and the registry of feedback types). */
  readonly type: string;
  /** Who reports it, one line. */
  readonly agent: string;
}

/** What says that the reader wants no more: spam, fraud, and unsubscriptions by the mailbox provider. The rest is none. */
const UNWANTED = new Set(['abuse', 'fraud', 'opt-out', 'opt-out-list']);
const RECIPIENTS = 20;

/**
 * Reads a feedback report (ARF, RFC 5965). Never throws, and looks at no more than the first half megabyte.
 *
 * @returns undefined for what is none, or says something else, such as that a mail is not spam
 */
export function readComplaint(raw: Buffer): Complaint | undefined {
  const { head, body } = readHead(raw);
  const report = partsOf(head, body).find(({ type }) => type === 'message/feedback-report');
  if (!report) return undefined;
  const groups = groupsOf(bodyText(report));
  const [fields = {}] = groups;
  const type = fields['feedback-type']?.trim().toLowerCase() ?? '';
  if (!UNWANTED.has(type)) return undefined;
  const named = groups.flatMap((group) => [group['original-rcpt-to'], group['removal-recipient']]);
  const recipients = [...new Set(named.flatMap((value) => ADDRESS.exec(value ?? '')?.[0] ?? []))].slice(0, RECIPIENTS);
  return { recipients, type, agent: oneLine(fields['user-agent'] ?? '') };
}
