import { computed, inject, Injectable, LOCALE_ID, signal } from '@angular/core';
import { Session } from '../session';

/** What time it is for the person. */
@Injectable({ providedIn: 'root' })
export class Clock {
  private readonly locale = inject(LOCALE_ID);
  private readonly session = inject(Session);
  private readonly now = signal(Date.now());
  /** Milliseconds since 1970; moves every quarter of a minute, and when the page is looked at again. */
  readonly minute = this.now.asReadonly();
  /** IANA name, such as Europe/Berlin. */
  readonly zone = computed(() => this.session.person()?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);

  constructor() {
    const tick = () => this.now.set(Date.now());
    setInterval(() => document.visibilityState === 'visible' && tick(), 15_000);
    document.addEventListener('visibilitychange', tick);
  }

  /** Day and time, to the second, with the zone. @param at RFC 3339 */
  whole(at: string): string {
    return this.formats().whole.format(new Date(at));
  }

  /** The day alone. @param at RFC 3339 */
  day(at: string): string {
    return this.formats().day.format(new Date(at));
  }

  /** Day of the week and time, without a zone. @param at RFC 3339 */
  short(at: string): string {
    return this.formats().short.format(new Date(at));
  }

  private readonly formats = computed(() => ({
    whole: new Intl.DateTimeFormat(this.locale, { timeZone: this.zone(), dateStyle: 'medium', timeStyle: 'long' }),
    short: new Intl.DateTimeFormat(this.locale, {
      timeZone: this.zone(),
      weekday: 'short',
      month: 'short',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
    }),
    day: new Intl.DateTimeFormat(this.locale, { timeZone: this.zone(), dateStyle: 'medium' }),
  }));
}
