import { inject, Injectable } from '@angular/core';
import { instantOf, localTime, type LocalTime } from '#contract/filter/zone.js';
import { Clock } from '../ui/clock';

/** A moment to choose, with what it is called. */
export interface Moment {
  readonly title: string;
  /** RFC 3339. */
  readonly at: string;
}

const MORNING = 9;

/** Moments ahead, by the wall clock of the person. */
@Injectable({ providedIn: 'root' })
export class Moments {
  private readonly clock = inject(Clock);

  /** Until when something may be put off. */
  ahead(): readonly Moment[] {
    const now = this.now();
    // Monday is 1.
    const weekday = new Date(Date.UTC(now.year, now.month - 1, now.day)).getUTCDay() || 7;
    const tomorrow = this.at({ ...now, day: now.day + 1, hour: MORNING, minute: 0 });
    const monday = this.at({ ...now, day: now.day + 8 - weekday, hour: MORNING, minute: 0 });
    return [
      ...(now.hour < 21
        ? [{ title: $localize`Later today`, at: this.at({ ...now, hour: now.hour + 3, minute: 0 }) }]
        : []),
      { title: $localize`Tomorrow`, at: tomorrow },
      ...(monday === tomorrow ? [] : [{ title: $localize`Next week`, at: monday }]),
    ];
  }

  /** What a field of day and time shows for a moment. @param at RFC 3339 */
  toField(at: string): string {
    const { year, month, day, hour, minute } = localTime(Date.parse(at), this.clock.zone());
    const two = (value: number) => String(value).padStart(2, '0');
    return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
  }

  /** The moment that such a field holds; undefined while it holds none. */
  fromField(text: string): string | undefined {
    const [, year, month, day, hour, minute] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(text)?.map(Number) ?? [];
    if (year === undefined || month === undefined || day === undefined) return undefined;
    return this.at({ year, month, day, hour: hour ?? 0, minute: minute ?? 0 });
  }

  private now(): Required<LocalTime> {
    return localTime(Date.now(), this.clock.zone());
  }

  private at(time: LocalTime): string {
    return new Date(instantOf({ ...time, second: 0, millisecond: 0 }, this.clock.zone())).toISOString();
  }
}
