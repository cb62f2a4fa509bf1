import type { EventData, EventType } from '#contract/events/index.js';

/** What makers of sentences are given beside the event's data. */
export interface Telling {
  /** Who did it, as a sentence begins: a name, "You", "Signalbox". */
  readonly who: string;
  /** The id of what it is about. */
  readonly subjectId: string;
  /** What a person is called; "somebody" when it is not known here. */
  person(userId: string): string;
  /** Minor units and their ISO 4217 currency, as people write it. */
  money(minor: number, currency: string): string;
}

/** A sentence in the past tense for each type of event: who did what to what. */
export type Sentences = {
  readonly [T in EventType]?: (data: EventData<T>, telling: Telling) => string;
};

/** What a room says of its events. A folder of `app/` exports one from `<room>.sentences.ts`; `rooms.ts` lists it. */
export interface RoomActivity {
  readonly id: string;
  readonly title: () => string;
  /** An SVG of `@ng-icons/lucide`. */
  readonly icon: string;
  /** Its events: types of the filter language, such as `deal.*`. */
  readonly types: readonly string[];
  readonly sentences: Sentences;
  /** Where one sees what an event is about, below the workspace; undefined for nowhere. */
  readonly link?: (subject: { readonly type: string; readonly id: string }, type: string) => string | undefined;
}
