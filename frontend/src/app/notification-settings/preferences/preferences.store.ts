import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import {
  type Answer,
  type Body,
  type Problem,
  preferencesChoose,
  preferencesChooseInWorkspace,
  preferencesInWorkspace,
  preferencesOwn,
  problemOf,
  Requests,
} from '../../api';
import { Toasts } from '../../ui';

export type Grid = Answer<typeof preferencesOwn>;
export type Kind = Grid['kinds'][number];
export type Cell = Kind['cells'][number];
type Choice = NonNullable<Body<typeof preferencesChoose>>['cells'][number];

/** The grid of kinds and channels, everywhere or in one workspace. A choice shows at once and goes back if it is refused. */
@Injectable()
export class PreferencesStore {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly shown = signal<Grid | undefined>(undefined);
  private etag?: string;

  /** The workspace that the choices are for; empty for all. */
  readonly workspaceId = signal('');
  readonly problem = signal<Problem | undefined>(undefined);
  readonly grid = this.shown.asReadonly();
  readonly channels = computed(() => this.grid()?.channels ?? []);

  constructor() {
    effect(() => {
      this.workspaceId();
      untracked(() => void this.read());
    });
  }

  async read(): Promise<void> {
    const membershipId = this.workspaceId();
    this.problem.set(undefined);
    try {
      const { body, headers } = membershipId
        ? await this.requests.response(preferencesInWorkspace, { membershipId })
        : await this.requests.response(preferencesOwn, {});
      if (membershipId !== this.workspaceId()) return;
      this.etag = headers.get('ETag') ?? undefined;
      this.shown.set(body);
    } catch (error) {
      this.problem.set(problemOf(error));
    }
  }

  /** Chooses cells; an `enabled` of null takes a choice back. */
  async choose(cells: readonly Choice[]): Promise<void> {
    const before = this.shown();
    if (!before) return;
    this.shown.set(laidOver(before, cells));
    try {
      await this.send(cells);
    } catch (error) {
      const problem = problemOf(error);
      // Another window chose something meanwhile: its choices stay, and this one is laid over them.
      if (problem.status === 412) {
        await this.read();
        return this.send(cells).catch((again: unknown) => this.toasts.problem(problemOf(again)));
      }
      this.shown.set(before);
      this.toasts.problem(problem);
    }
  }

  private async send(cells: readonly Choice[]): Promise<void> {
    const membershipId = this.workspaceId();
    const params = { ...(this.etag && { 'If-Match': this.etag }), body: { cells: [...cells] } };
    const { body, headers } = membershipId
      ? await this.requests.response(preferencesChooseInWorkspace, { membershipId, ...params })
      : await this.requests.response(preferencesChoose, params);
    this.etag = headers.get('ETag') ?? undefined;
    this.shown.set(body);
  }
}

/** The grid as it will stand; what is taken back shows when the server says what holds then. */
function laidOver(grid: Grid, cells: readonly Choice[]): Grid {
  const chosen = (kind: Kind, cell: Cell): Cell => {
    const choice = cells.find(
      (one) => one.channel === cell.channel && (one.kind === kind.kind || (one.topic ?? '') === kind.topic),
    );
    return choice && choice.enabled !== null ? { ...cell, enabled: choice.enabled } : cell;
  };
  return {
    ...grid,
    kinds: grid.kinds.map((kind) =>
      kind.mandatory ? kind : { ...kind, cells: kind.cells.map((cell) => chosen(kind, cell)) },
    ),
  };
}
