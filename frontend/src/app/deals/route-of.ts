interface Place {
  readonly text: string;
  readonly name: string | null;
}

/** The ends of a route in words; of several places the first, and how many more. */
export function routeOf(places: readonly Place[]): string {
  const [first, ...others] = places;
  if (!first) return $localize`anywhere`;
  const name = first.name ?? first.text;
  return others.length === 0 ? name : `${name} +${others.length}`;
}
