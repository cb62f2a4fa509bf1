import { computed, inject, Injectable } from '@angular/core';
import type { Feature, Place } from '../feature';
import { features } from '../features';
import { CurrentWorkspace, Session } from '../session';

/** A feature with its address, as navigation and palette show it. */
export interface Destination {
  readonly link: string;
  readonly title: string;
  readonly aliases: string;
  readonly icon: string;
  readonly keys?: string;
  readonly place: Place;
  readonly thumb: boolean;
  /** The start page is lit only on itself. */
  readonly exact: boolean;
}

/** Where this person can go from here. */
@Injectable({ providedIn: 'root' })
export class Places {
  private readonly current = inject(CurrentWorkspace);
  private readonly session = inject(Session);

  /** In the order of the navigation. */
  readonly all = computed<readonly Destination[]>(() => {
    const workspace = this.current.id() ?? this.current.preferred();
    const operator = this.session.person()?.operator === true;
    return features.flatMap((feature) => {
      if (feature.place === 'instance' && !operator) return [];
      if (feature.permission && !this.current.may(feature.permission)) return [];
      const base = BASES[feature.place](workspace);
      return base === undefined ? [] : [destination(feature, base)];
    });
  });

  /** The start page of the workspace, or where one is made. */
  readonly home = computed(() => BASES.work(this.current.id() ?? this.current.preferred()) ?? '/');

  /** Those of one place. */
  readonly in = (place: Place) => this.all().filter((one) => one.place === place);
}

const BASES: Record<Place, (workspace: string | undefined) => string | undefined> = {
  person: () => '',
  work: (workspace) => workspace && `/workspaces/${workspace}`,
  workspace: (workspace) => workspace && `/workspaces/${workspace}`,
  settings: () => '/settings',
  instance: () => '/instance',
};

function destination({ path, title, aliases, icon, keys, place, thumb }: Feature, base: string): Destination {
  return {
    link: path === '' ? base : `${base}/${path}`,
    title: title(),
    aliases: aliases?.() ?? '',
    icon,
    place,
    thumb: thumb === true,
    exact: path === '',
    ...(keys && { keys }),
  };
}
