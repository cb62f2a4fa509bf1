import { inject, Injectable, LOCALE_ID } from '@angular/core';
import { lucideRadio } from '@ng-icons/lucide';
import { People } from '../people/people';
import { money } from '../ui/money';
import type { Happened } from './happened';
import { roomOf } from './rooms';
import type { Telling } from './sentences';

type Maker = (data: unknown, telling: Telling) => string;

/** Tells events in plain sentences. */
@Injectable({ providedIn: 'root' })
export class Narrator {
  private readonly people = inject(People);
  private readonly locale = inject(LOCALE_ID);

  /** Who, did what, to what. A type that no room tells of, or whose data is gone, is told in general. */
  sentence(event: Happened): string {
    const maker = (roomOf(event.type)?.sentences as Readonly<Record<string, Maker>> | undefined)?.[event.type];
    if (!maker || !event.data) return this.general(event);
    return maker(event.data, {
      who: this.who(event.actor),
      subjectId: event.subject.id,
      person: (userId) => this.people.nameOf(userId) ?? $localize`somebody`,
      money: (minor, currency) => money(minor, currency, this.locale),
    });
  }

  /** Who did it, as a sentence begins. */
  who({ kind, userId, name }: Happened['actor']): string {
    if (kind === 'system') return 'Signalbox';
    const person = userId === null ? undefined : this.people.nameOf(userId);
    return person ?? name ?? (kind === 'service_account' ? $localize`A service account` : $localize`Somebody`);
  }

  icon({ type }: Happened): string {
    return roomOf(type)?.icon ?? lucideRadio;
  }

  /** Where one sees it, below the workspace; undefined for nowhere. */
  link({ type, subject }: Happened): string | undefined {
    return roomOf(type)?.link?.(subject, type);
  }

  private general({ type, about, actor }: Happened): string {
    const what = about ?? type.replace(/[._]/g, ' ');
    return actor.kind === 'system' ? what : `${this.who(actor)}: ${what}`;
  }
}
