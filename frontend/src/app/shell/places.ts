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
  /** What can be begun there. */
  readonly commands: readonly { readonly title: string; readonly link: string }[];
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
      return base === undefined ? [] : [this.destination(feature, base)];
    });
  });

  /** The start page of the workspace, or where one is made. */
  readonly home = computed(() => BASES.work(this.current.id() ?? this.current.preferred()) ?? '/');

  /** Those of one place. */
  readonly in = (place: Place) => this.all().filter((one) => one.place === place);

  private destination(
    { path, title, aliases, icon, keys, place, thumb, commands }: Feature,
    base: string,
  ): Destination {
    const link = path === '' ? base : `${base}/${path}`;
    return {
      link,
      title: title(),
      aliases: aliases?.() ?? '',
      icon,
      place,
      thumb: thumb === true,
      exact: path === '',
      commands: (commands ?? [])
        .filter(({ permission }) => permission === undefined || this.current.may(permission))
        .map((command) => ({ title: command.title(), link: link + command.link })),
      ...(keys && { keys }),
    };
  }
}

const BASES: Record<Place, (workspace: string | undefined) => string | undefined> = {
  person: () => '',
  work: (workspace) => workspace && `/workspaces/${workspace}`,
  workspace: (workspace) => workspace && `/workspaces/${workspace}`,
  settings: () => '/settings',
  instance: () => '/instance',
};
