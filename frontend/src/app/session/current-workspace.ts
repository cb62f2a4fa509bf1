import { computed, effect, inject, Injectable, signal } from '@angular/core';
import {
  type ActivatedRouteSnapshot,
  BaseRouteReuseStrategy,
  type CanActivateFn,
  type CanMatchFn,
  RedirectCommand,
  Router,
} from '@angular/router';
import { Session } from './session';

const KEY = 'signalbox.workspace';

/** The workspace that the address names. */
@Injectable({ providedIn: 'root' })
export class CurrentWorkspace {
  private readonly session = inject(Session);
  private readonly chosen = signal<string | undefined>(undefined);

  /** Its id; undefined outside of workspaces. Pages inside one use `required`. */
  readonly id = this.chosen.asReadonly();
  readonly workspace = computed(() => this.session.workspaces().find(({ id }) => id === this.chosen()));

  /**
   * Whether the person may do something in it, such as "deals:write"; outside of workspaces, in the one that is offered. The server
   * decides all the same.
   */
  may(permission: string): boolean {
    const id = this.chosen() ?? this.preferred();
    return this.session.workspaces().some((one) => one.id === id && one.permissions.includes(permission));
  }

  /** The id, where the address is sure to name one. @throws Error elsewhere */
  required(): string {
    const id = this.chosen();
    if (id === undefined) throw new Error('This page belongs into a workspace.');
    return id;
  }

  constructor() {
    // Whoever signs in next enters anew, and so does what follows the workspace.
    effect(() => {
      if (!this.session.signedIn()) this.chosen.set(undefined);
    });
  }

  /** Goes into a workspace, and remembers it as the one to open next. */
  enter(id: string): void {
    this.chosen.set(id);
    localStorage.setItem(KEY, id);
  }

  /** The one to open when the address names none: the last one, else the first. */
  preferred(): string | undefined {
    const all = this.session.workspaces();
    const last = localStorage.getItem(KEY);
    return (all.find(({ id }) => id === last) ?? all[0])?.id;
  }
}

/** Matches addresses of a workspace that is closed to the person for now. */
export const closedWorkspace: CanMatchFn = async (_route, [, id]) => {
  const session = inject(Session);
  await session.open();
  return session.workspaces().some((one) => one.id === id?.path && one.closedBecause !== null);
};

/** Enters the workspace of the address, or says at the start page that it is not there for this person. */
export const insideWorkspace: CanActivateFn = ({ params }) => {
  const id = String(params['workspaceId']);
  if (
    !inject(Session)
      .workspaces()
      .some((one) => one.id === id)
  )
    return new RedirectCommand(inject(Router).createUrlTree(['/not-found']), { skipLocationChange: true });
  inject(CurrentWorkspace).enter(id);
  return true;
};

/** From `/` to the preferred workspace, or to making a first one. */
export const toWorkspace: CanActivateFn = () => {
  const id = inject(CurrentWorkspace).preferred();
  return inject(Router).createUrlTree(id === undefined ? ['/welcome'] : ['/workspaces', id]);
};

/** A page of one workspace is made anew in another: what it shows and watches is that of the one it was made in. */
@Injectable({ providedIn: 'root' })
export class ReuseInWorkspace extends BaseRouteReuseStrategy {
  override shouldReuseRoute(future: ActivatedRouteSnapshot, now: ActivatedRouteSnapshot): boolean {
    return super.shouldReuseRoute(future, now) && future.params['workspaceId'] === now.params['workspaceId'];
  }
}
