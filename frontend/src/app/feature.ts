import type { Routes } from '@angular/router';

/**
 * Where the navigation shows a feature: with a workspace's work or its administration, among what is the person's own, in their
 * settings, or for operators of the instance.
 */
export type Place = 'person' | 'work' | 'workspace' | 'settings' | 'instance';

/** Something to do, such as making a new one: a page of the feature that begins it. */
export interface FeatureCommand {
  readonly title: () => string;
  /** After the feature's address: `/new`, `?new`. */
  readonly link: string;
  /** The permission without which it is not offered. */
  readonly permission?: string;
}

/**
 * A room of the console. A folder of `app/` exports one from `<room>.feature.ts`, small enough for the first bundle, and
 * `features.ts` lists it; navigation, command palette and routes follow from that.
 */
export interface Feature {
  /** In the address, after `/`, `/workspaces/<id>/`, `/settings/` or `/instance/`; empty for the start page of a workspace. */
  readonly path: string;
  /** Functions, since words are loaded before they are asked for, but after this is read. */
  readonly title: () => string;
  /** An SVG of `@ng-icons/lucide`. */
  readonly icon: string;
  readonly place: Place;
  /** What else people call it; the palette finds it by these too. */
  readonly aliases?: () => string;
  /** Two keys that go there, such as `g d`. */
  readonly keys?: string;
  /** Shown in the bar at the bottom of a phone. */
  readonly thumb?: boolean;
  /** The permission without which it is not offered; the server decides all the same. */
  readonly permission?: string;
  /** What the palette offers to do there. */
  readonly commands?: readonly FeatureCommand[];
  readonly routes: () => Promise<Routes>;
}
