import { inject, Injectable, signal } from '@angular/core';
import { placesList, problemOf, Requests } from '../../api';
import { Session } from '../../session';
import type { FilteredList, KnownValues } from '../../filters/filter-words';
import { recentFilters } from './recent-filters';

/** One line of the list under the field. */
export interface Choice {
  readonly kind: 'field' | 'operator' | 'value' | 'keyword' | 'recent';
  readonly label: string;
  readonly detail?: string;
  readonly insert: string;
}

interface Found {
  readonly from: number;
  readonly to: number;
  readonly choices: readonly Choice[];
}

const PLACES_MS = 120;
const LIMIT = 8;

/** What may be written at the cursor of a filter: the words of the language here, places from the server. One for each bar. */
@Injectable()
export class FilterCompleter {
  private readonly requests = inject(Requests);
  private readonly session = inject(Session);
  private readonly answer = signal<Found>({ from: 0, to: 0, choices: [] });
  private readonly places = new Map<string, readonly { key: string; label: string }[]>();
  private round = 0;
  private timer?: ReturnType<typeof setTimeout>;
  readonly found = this.answer.asReadonly();

  /** Asks anew, for another text or another place of the cursor. */
  async ask(list: FilteredList, known: KnownValues, text: string, cursor: number): Promise<void> {
    const round = ++this.round;
    clearTimeout(this.timer);
    const words = await import('../../filters/filter-words');
    if (round !== this.round) return;
    let unknown: string | undefined;
    const person = this.session.person();
    const { from, to, items } = words.complete(text, cursor, words.catalogueOf(list, known), {
      zone: person?.timeZone ?? 'UTC',
      currency: person?.currency ?? 'USD',
      ...(person && { me: person.id }),
      places: {
        resolve: () => undefined,
        suggest: (prefix) => {
          const begins = prefix.replace(/^\w+:/, '').trim();
          if (begins !== '' && !this.places.has(begins)) unknown = begins;
          return [...(this.places.get(begins) ?? [])];
        },
      },
    });
    const recent = text.trim() === '' ? recentFilters(list) : [];
    const choices: Choice[] = recent.map((label) => ({ kind: 'recent', label, insert: label }));
    this.answer.set({
      from,
      to,
      choices: [...choices, ...items.filter(({ insert }) => insert !== text.slice(from, to))],
    });
    if (unknown !== undefined) {
      const begins = unknown;
      this.timer = setTimeout(() => void this.learn(begins, () => this.ask(list, known, text, cursor)), PLACES_MS);
    }
  }

  /** What is under way counts no more. */
  stop(): void {
    this.round += 1;
    clearTimeout(this.timer);
  }

  private async learn(begins: string, then: () => Promise<void>): Promise<void> {
    const { round } = this;
    try {
      const { items } = await this.requests.ask(placesList, { begins, limit: LIMIT });
      this.places.set(
        begins,
        items.map(({ key, name, country }) => ({
          key,
          label: country && !key.startsWith('country:') ? `${name}, ${country}` : name,
        })),
      );
    } catch (error) {
      // Completion is a help, not a need: without the server one writes on.
      if (!problemOf(error).offline) this.places.set(begins, []);
      return;
    }
    if (round === this.round) await then();
  }
}
