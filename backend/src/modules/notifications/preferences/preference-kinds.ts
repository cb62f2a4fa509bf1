import { eventCatalogue } from '#contract/events/index.js';
import { tellable } from '#platform/filters/index.js';
import { languageOf } from '#platform/language/index.js';
import { eventWords } from '../generic/event-words.js';
import { preferenceWords } from './preference-words.js';

/** A row of the grid, before anything was chosen. */
export interface PreferenceKind {
  /** The type of event that is told, `SECURITY` or `ALL`. */
  readonly kind: string;
  readonly topic: string;
  readonly mandatory: boolean;
}

/** Mails about somebody's account: the room of accounts sends them, and nobody can turn them off. */
export const SECURITY = 'security';
/** All kinds that have no rule of their own, those of rooms to come included. */
export const ALL = '*';

/** What could not be delivered: told in the inbox always, and by what did not fail as is chosen here. */
export const FAILURE = 'delivery.failed' as const;

const TOLD = [...tellable, FAILURE].map((kind) => ({ kind, topic: eventCatalogue[kind].subject, mandatory: false }));

/** Everything that can be told: each type has a kind of notification, of its room or the generic one. */
export const KINDS: readonly PreferenceKind[] = [
  { kind: SECURITY, topic: SECURITY, mandatory: true },
  { kind: ALL, topic: ALL, mandatory: false },
  ...TOLD,
];

/** What can be chosen at once: all kinds about one sort of thing. */
export const TOPICS: ReadonlyMap<string, readonly string[]> = new Map(
  [...Map.groupBy(TOLD, ({ topic }) => topic)].map(([topic, kinds]) => [topic, kinds.map(({ kind }) => kind)]),
);

/** What a kind is called. @param locale BCP 47 */
export function titleOf({ kind }: PreferenceKind, locale: string): { title: string; description: string } {
  const words = preferenceWords(locale);
  if (kind === SECURITY) return words.security;
  if (kind === ALL) return words.all;
  const description = eventWords(locale)[kind] ?? eventWords('en')[kind]!;
  return { title: languageOf(locale) === 'zh' ? description.replace(/。$/u, '') : titled(kind), description };
}

/** `api_key.rotated` as "API key rotated". */
function titled(type: string): string {
  const words = type.replaceAll(/[._]/g, ' ').replaceAll(/\b(?:api|totp)\b/g, (name) => name.toUpperCase());
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
