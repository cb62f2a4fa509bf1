import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { eventCatalogue, type EventDefinition, type EventType } from '#contract/events/index.js';
import { eventVisible, type Member, scopeOf, systemActor } from '#platform/access/index.js';
import { Reads, Transactions } from '#platform/database/index.js';
import { EventLog, LogTail, type LogEvent } from '#platform/event-log/index.js';
import { EventSight, isTold } from '#platform/filters/index.js';
import { exampleOf } from '#platform/http/index.js';
import { Enqueues } from '#platform/jobs/index.js';
import { Mailer } from '#platform/mail/index.js';
import { NotificationKinds, type Recipient } from '#platform/notifications/index.js';
import { NotificationMails } from '../messages/notification-mails.js';
import { wordsFor } from '../messages/words.js';
import { Suppressions } from '../suppressions/suppressions.js';
import { People } from '../told/people.js';
import { AddressUnusable, NoSuchKind } from './previews.errors.js';
import type { PreviewShown, TestSent } from './previews.schemas.js';

/** How far back the newest event of a type is looked for. */
const LOOKED_AT = 200_000;
const NEWEST = `
  select e.position::float8 as position from event e
   where e.workspace_id = $1 and e.type = $2 and e.position > (select position from log_state) - ${LOOKED_AT}
     and e.data is not null and ${eventVisible(scopeOf('e'), '$3')} order by e.position desc limit 1`;
const PERSON = `
  select email, locale, time_zone as "timeZone", (email_verified_at is not null or operator) as verified
    from user_account where id = $1`;

interface Person extends Recipient {
  email: string;
  verified: boolean;
}

type Reader = Member & { readonly userId: string };

/** Shows how notifications look, with real events where there are any. */
@Enqueues('mail.send')
@Injectable()
export class PreviewsService {
  constructor(
    private readonly reads: Reads,
    private readonly tail: LogTail,
    private readonly sight: EventSight,
    private readonly kinds: NotificationKinds,
    private readonly mails: NotificationMails,
    private readonly people: People,
    private readonly suppressions: Suppressions,
    private readonly mailer: Mailer,
    private readonly transactions: Transactions,
    private readonly events: EventLog,
  ) {}

  /** The newest event of that type that the caller may see, or else its example, as a notification. @throws NoSuchKind */
  async show(who: Reader, kind: string): Promise<PreviewShown> {
    const { event, real, to } = await this.specimen(who, kind);
    const { subject, heading, preheader = '', blocks } = this.kinds.tell(event, to);
    const { html, text } = await this.mails.write({ form: 'single', total: 1, events: [event] }, null, null, to);
    return { kind, eventId: real ? event.id : null, subject, preheader, heading, blocks, html, text };
  }

  /** Sends the preview to the caller. @throws NoSuchKind, AddressUnusable */
  async test(who: Reader, kind: string): Promise<TestSent> {
    const { event, to } = await this.specimen(who, kind);
    if (!to.verified) throw new AddressUnusable('Confirm your address first: no mail goes to it before that.');
    const suppressed = await this.suppressions.why(to.email);
    if (suppressed) throw new AddressUnusable(suppressed);
    const { subject: plain, ...content } = this.kinds.tell(event, to);
    const subject = wordsFor(to.locale).test(plain);
    const footer = this.mails.footer(to);
    await this.transactions.run(async (em) => {
      await this.mailer.queueMail(em, {
        ...content,
        to: to.email,
        subject,
        footer,
        locale: to.locale,
        workspaceId: who.workspaceId,
        about: { type: 'user', id: who.userId },
        // Who clicks often gets one until that is sent.
        key: `notification-test:${who.userId}:${kind}`,
      });
      this.events.record(em, 'notification.tested', {
        workspaceId: who.workspaceId,
        subjectId: who.userId,
        actor: who,
        scope: { kind: 'user', id: who.userId },
        data: { userId: who.userId, kind },
      });
    });
    return { to: to.email, subject };
  }

  private async specimen(who: Reader, kind: string): Promise<{ event: LogEvent; real: boolean; to: Person }> {
    const type = this.typeOf(who, kind);
    const [newest, person] = await Promise.all([
      this.reads.one<{ position: number }>('notifications.specimen', NEWEST, [who.workspaceId, type, who.id]),
      this.reads.one<Person>('notifications.previewer', PERSON, [who.userId]),
    ]);
    if (!person) throw new NoSuchKind(kind);
    const [found] = newest ? await this.tail.at([newest.position]) : [];
    const event = found ?? this.example(type, who.workspaceId);
    const names = await this.people.named([event]);
    return { event, real: found !== undefined, to: { ...person, names } };
  }

  /** @throws NoSuchKind for what does not exist, tells of telling, or is not for the caller */
  private typeOf({ permissions }: Member, kind: string): EventType {
    const type = kind as EventType;
    const known = Object.hasOwn(eventCatalogue, kind) && isTold(type);
    if (!known || !permissions.has(this.sight.needed(type))) throw new NoSuchKind(kind);
    return type;
  }

  /** An event of the type that never happened. */
  private example(type: EventType, workspaceId: string): LogEvent {
    const { version, subject: subjectType, data }: EventDefinition = eventCatalogue[type];
    const schema = z.toJSONSchema(data, { unrepresentable: 'any' }) as Record<string, unknown>;
    return {
      id: uuidv7(),
      position: 0,
      workspaceId,
      type,
      version,
      subjectType,
      subjectId: uuidv7(),
      scope: { kind: 'workspace' },
      actor: systemActor(),
      occurredAt: new Date(),
      data:
        this.kinds.exampleOf(type) ??
        exampleOf(schema, (schema['$defs'] ?? {}) as Record<string, Record<string, unknown>>),
    } as LogEvent;
  }
}
