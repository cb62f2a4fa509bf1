import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { systemActor } from '#platform/access/index.js';
import { affected, type EntityManager, query, Reads, Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE, type EventScope } from '#platform/event-log/index.js';
import { IncomingMail, type MailTaker, type ReturnPath, ReturnPaths } from '#platform/mail/index.js';
import { DeliveryResults } from '../deliveries/delivery-results.js';
import { digest, Suppressions } from '../suppressions/suppressions.js';
import { addressId } from './address-id.js';
import { BouncesConfig } from './bounces.config.js';
import { readBounce, type Report } from './read-bounce.js';
import { type Complaint, readComplaint } from './read-complaint.js';
import { tokensIn } from './tokens-in.js';
import { type Verdict, verdictOn } from './verdict.js';

/** Whom a delivery was for. The address may be another one by now; then the mark does not fit it. */
const OF_DELIVERY = `select u.email from delivery d join user_account u on u.id = d.user_id where d.id = $1`;
const NOTE = `
  insert into mail_bounce (id, address_hash, message_id, permanent, status, detail) values ($1, $2, $3, $4, $5, $6)
  on conflict do nothing`;
const COUNT = `
  select count(distinct message_id)::int as n from mail_bounce
   where address_hash = $1 and not permanent and at > now() - make_interval(days => $2)`;
/** They are counted over 90 days at most. */
const FORGET = `delete from mail_bounce where at < now() - interval '90 days'`;
const PERSON = `select id from user_account where lower(email) = $1`;

/**
 * Takes mail that came back, and complaints. A report counts for the one recipient of the mail that it names by its address of return,
 * or by the same token in the head of the mail that it repeats: whoever makes one up cannot make that (see `ReturnPaths`). An address
 * that takes no mail, or wants none, gets no more notifications.
 */
@Injectable()
export class Bounces implements MailTaker, OnModuleInit {
  private readonly log = new Logger('bounces');

  constructor(
    private readonly incoming: IncomingMail,
    private readonly returns: ReturnPaths,
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly suppressions: Suppressions,
    private readonly results: DeliveryResults,
    private readonly events: EventLog,
    @Inject(BouncesConfig) private readonly config: BouncesConfig,
  ) {}

  onModuleInit(): void {
    this.incoming.register(this);
  }

  takes(address: string): boolean {
    return this.returns.read(address) !== undefined;
  }

  async take(raw: Buffer, address: string): Promise<void> {
    const path = this.returns.read(address);
    if (path) await this.judge(raw, () => [path]);
  }

  /** A report that came elsewhere proves itself by the token of a mail of ours, which it repeats of the mail's head. */
  async claim(raw: Buffer): Promise<boolean> {
    return this.judge(raw, () => tokensIn(raw).flatMap((token) => this.returns.readToken(token) ?? []));
  }

  /** @returns whether it is a report on one of these mails, for the recipient that the mail had */
  private async judge(raw: Buffer, pathsOf: () => readonly ReturnPath[]): Promise<boolean> {
    const complaint = readComplaint(raw);
    const reports = complaint ? [] : readBounce(raw);
    if (!reports) return false;
    const named = complaint?.recipients ?? reports.flatMap(({ recipients }) => recipients);
    for (const path of pathsOf()) {
      const recipient = await this.recipientOf(path, named);
      if (!recipient) continue;
      if (complaint) await this.transactions.run((em) => this.complained(em, path, recipient, complaint));
      const report = reportOn(reports, recipient);
      const verdict = report ? verdictOn(report) : 'none';
      if (report && verdict !== 'none')
        await this.transactions.run((em) => this.note(em, path, recipient, report, verdict));
      return true;
    }
    this.log.debug('A report names no mail of ours, or none of its recipients.');
    return false;
  }

  /** The recipient that the mark was made for: who the delivery was for, or one whom the report names. */
  private async recipientOf(path: ReturnPath, named: readonly string[]): Promise<string | undefined> {
    const known = await this.reads.one<{ email: string }>('bounces.delivery', OF_DELIVERY, [path.messageId]);
    const candidates = [...(known ? [known.email] : []), ...named];
    return candidates
      .find((candidate) => this.returns.isOf(path, candidate))
      ?.trim()
      .toLowerCase();
  }

  /** Who reported one mail of ours wants no more, whatever was to come. */
  private async complained(
    em: EntityManager,
    { messageId }: ReturnPath,
    recipient: string,
    { type, agent }: Complaint,
  ): Promise<void> {
    const why = agent ? `${type}, ${agent}` : type;
    if (!(await this.suppressions.add(em, recipient, 'complaint', why))) return;
    await this.results.cameBack(em, messageId, `It was reported as unwanted: ${why}`);
    const about = await this.about(em, recipient);
    const event = { ...about, subjectId: addressId(digest(recipient)), data: { status: 'complaint' } };
    this.events.record(em, 'address.suppressed', event);
  }

  private async note(
    em: EntityManager,
    { messageId }: ReturnPath,
    recipient: string,
    { status, detail }: Report,
    verdict: Verdict,
  ): Promise<void> {
    const hash = digest(recipient);
    const permanent = verdict === 'hard';
    // Two reports at once must not both find one too few.
    await query(em, 'select pg_advisory_xact_lock(hashtextextended($1, 43))', [hash]);
    if ((await affected(em, NOTE, [uuidv7(), hash, messageId, permanent, status, detail])) === 0) return;
    await affected(em, FORGET, []);
    const about = await this.about(em, recipient);
    this.events.record(em, 'mail.bounced', { ...about, subjectId: messageId, data: { permanent, status } });
    const why = `${status}${detail ? ` ${detail}` : ''}`;
    await this.results.cameBack(em, messageId, `It came back: ${why}`);
    if (!permanent && !(await this.tooMany(em, hash))) return;
    if (await this.suppressions.add(em, recipient, 'bounce', why))
      this.events.record(em, 'address.suppressed', { ...about, subjectId: addressId(hash), data: { status } });
  }

  private async tooMany(em: EntityManager, hash: string): Promise<boolean> {
    const [counted] = await query<{ n: number }>(em, COUNT, [hash, this.config.days]);
    return (counted?.n ?? 0) >= this.config.most;
  }

  /** The person hears of it, in no workspace: the address is theirs in all. */
  private async about(em: EntityManager, recipient: string) {
    const [person] = await query<{ id: string }>(em, PERSON, [recipient]);
    const scope: EventScope = person ? { kind: 'user', id: person.id } : { kind: 'workspace' };
    return { workspaceId: SYSTEM_WORKSPACE, actor: systemActor(), scope };
  }
}

/** The report on this recipient; the only one there is, when a forwarding server names another address. */
function reportOn(reports: readonly Report[], recipient: string): Report | undefined {
  const naming = reports.find(({ recipients }) => recipients.some((one) => one.toLowerCase() === recipient));
  return naming ?? (reports.length === 1 ? reports[0] : undefined);
}
