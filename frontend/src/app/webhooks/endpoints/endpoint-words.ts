import type { Endpoint } from './endpoint-names';

/** What an endpoint hears, in a line. */
export function typesInWords({ types }: Pick<Endpoint, 'types'>): string {
  if (types === null) return $localize`All events`;
  const [first, ...others] = types;
  if (first === undefined) return $localize`No events`;
  return others.length === 0 ? first : $localize`${first}:type: and ${others.length}:count: more`;
}

/** How an endpoint stands, in a word and its colour. */
export function standing({ state, failingSince }: Pick<Endpoint, 'state' | 'failingSince'>): {
  readonly word: string;
  readonly badge: string;
} {
  if (state === 'disabled') return { word: $localize`Off`, badge: '' };
  if (state === 'paused') return { word: $localize`Paused`, badge: 'badge-bad' };
  if (failingSince) return { word: $localize`Failing`, badge: 'badge-warn' };
  return { word: $localize`On`, badge: 'badge-ok' };
}
