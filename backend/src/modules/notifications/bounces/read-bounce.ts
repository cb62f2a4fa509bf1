import { bodyText, type Fields, partsOf, readHead } from './mail-parts.js';
import { ADDRESS, groupsOf, LINE, LINES, oneLine } from './report-fields.js';

/** What a mail server says of one recipient. */
export interface Report {
  /** Whom it is about, if it says so; also the address before it was forwarded. */
  readonly recipients: readonly string[];
  /** `failed`, or what is no failure (RFC 3464, section 2.3.3). */
  readonly action: 'failed' | 'delayed' | 'other';
  /** Such as 5.1.1 (RFC 3463); made of the SMTP code when there is no other. */
  readonly status: string;
  /** The server's words, one line of at most 300 characters. */
  readonly detail: string;
}

/** More recipients than this one mail never had. */
const REPORTS = 20;
const DAEMONS = /^(?:.*<)?(mailer-daemon|postmaster|mail-daemon|maildaemon)@/i;
const SUBJECTS =
  /undeliver|delivery (status|failure|has failed|incomplete|problem)|failure notice|returned mail|mail delivery (failed|system)|not delivered|unzustellbar/i;
const ENHANCED = /(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/;
const SMTP = /(?:^|[\s:(])([45]\d\d)[\s-]/;

/**
 * Reads what a mail says of mails that were not delivered: a report of RFC 3464, or the words of servers that write none (qmail,
 * Exim and others). Never throws, and looks at no more than the first half megabyte.
 *
 * @returns undefined for what is none, such as the answer of somebody who is away
 */
export function readBounce(raw: Buffer): Report[] | undefined {
  const { head, body } = readHead(raw);
  const parts = partsOf(head, body);
  const report = parts.find(({ type }) => /^message\/(?:global-)?delivery-status$/.test(type));
  if (report) return reportsOf(bodyText(report));
  if (!saysOfItself(head)) return undefined;
  const text = parts.find(({ type }) => type.startsWith('text/plain')) ?? parts[0];
  return text ? wordsOf(head, bodyText(text)) : undefined;
}

/** RFC 3464, section 2.1: a group of fields on the message, then one for each recipient. */
function reportsOf(text: string): Report[] | undefined {
  const groups = groupsOf(text);
  const found = groups
    .filter((group) => group['final-recipient'] ?? group['original-recipient'] ?? group['action'])
    .slice(0, REPORTS)
    .map((group): Report => {
      const detail = oneLine(group['diagnostic-code']?.replace(/^[\w-]+;\s*/, '') ?? '');
      const recipients = ['original-recipient', 'final-recipient', 'x-actual-recipient'].flatMap((name) => {
        const address = ADDRESS.exec((group[name] ?? '').replace(/^[\w-]+;\s*/, '').slice(0, LINE))?.[0];
        return address ? [address] : [];
      });
      const action = group['action']?.trim().toLowerCase() ?? '';
      const status = ENHANCED.exec(group['status'] ?? '')?.[1] ?? statusIn(detail);
      return {
        recipients,
        action: action.startsWith('failed') || (action === '' && status?.startsWith('5')) ? 'failed' : actionOf(action),
        status: status ?? (action.startsWith('failed') ? '5.0.0' : '4.0.0'),
        detail,
      };
    });
  return found.length > 0 ? found : undefined;
}

function actionOf(action: string): 'delayed' | 'other' {
  return action.startsWith('delayed') ? 'delayed' : 'other';
}

/** Whether a mail without a report is a server's, by its own account. */
function saysOfItself(head: Fields): boolean {
  if (head['x-failed-recipients']) return true;
  const automatic = head['auto-submitted']?.toLowerCase() ?? '';
  if (automatic.startsWith('auto-replied') && !DAEMONS.test(head['from'] ?? '')) return false;
  return DAEMONS.test((head['from'] ?? '').slice(0, LINE)) && SUBJECTS.test((head['subject'] ?? '').slice(0, LINE));
}

/** The lines in which a server without reports names the recipient and the reason. */
function wordsOf(head: Fields, text: string): Report[] | undefined {
  const lines = text.split('\n').slice(0, LINES);
  // What follows is the mail that came back, which may say anything.
  const end = lines.findIndex((line) => /^-{2,}.*(copy of|original|below this line)/i.test(line.slice(0, 200)));
  const own = (end < 0 ? lines : lines.slice(0, end)).map((line) => line.slice(0, LINE));
  const at = own.findIndex((line) => statusIn(line) !== undefined);
  const near = own.slice(Math.max(0, at - 5), at + 5);
  const named = [head['x-failed-recipients'] ?? '', ...(at < 0 ? own : near)];
  const recipients = [...new Set(named.flatMap((line) => ADDRESS.exec(line)?.[0] ?? []))].slice(0, REPORTS);
  const status = at < 0 ? undefined : statusIn(own[at] ?? '');
  if (recipients.length === 0 && !status) return undefined;
  const delayed = /warning|delayed|will (be retried|retry)|not yet been delivered/i.test(head['subject'] ?? '');
  return [
    {
      recipients,
      action: delayed ? 'delayed' : 'failed',
      // Without any code nothing is known for certain: it counts as one that passes.
      status: status ?? '4.0.0',
      detail: oneLine(at < 0 ? '' : (own[at] ?? '')),
    },
  ];
}

function statusIn(line: string): string | undefined {
  const enhanced = ENHANCED.exec(line)?.[1];
  if (enhanced) return enhanced;
  const code = SMTP.exec(line)?.[1];
  return code && `${code[0]}.0.0`;
}
