/** How long an earlier secret may go on, in seconds, with its words. */
export const overlaps = (): readonly { readonly seconds: number; readonly title: string }[] => [
  { seconds: 0, title: $localize`Not at all: it ends now` },
  { seconds: 3600, title: $localize`An hour` },
  { seconds: 86_400, title: $localize`A day` },
  { seconds: 604_800, title: $localize`A week` },
];
