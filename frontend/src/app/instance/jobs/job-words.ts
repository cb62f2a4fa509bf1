import type { Job } from './job-list';

/** How a job stands, in a word and its colour. */
export function jobStanding({ state, held, failures }: Pick<Job, 'state' | 'held' | 'failures'>): {
  readonly word: string;
  readonly badge: string;
} {
  switch (state) {
    case 'queued':
      if (held) return { word: $localize`Held`, badge: 'badge-warn' };
      return failures > 0
        ? { word: $localize`Trying again`, badge: 'badge-warn' }
        : { word: $localize`Waiting`, badge: '' };
    case 'running':
      return { word: $localize`Running`, badge: 'badge-brand' };
    case 'done':
      return { word: $localize`Done`, badge: 'badge-ok' };
    case 'parked':
      return { word: $localize`Failed`, badge: 'badge-bad' };
    case 'cancelled':
      return { word: $localize`Given up`, badge: '' };
  }
}
