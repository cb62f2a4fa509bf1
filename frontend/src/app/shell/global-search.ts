import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { Problem, Requests } from '../api';
import { CurrentWorkspace } from '../session';
import { features } from '../features';
import { type Finder, finders, type Found } from './finders';

/** Looked for once nobody has typed for so long. */
const PAUSE_MS = 180;
const SHORTEST = 2;

/** Looks through the things of the workspace for what is typed. */
@Injectable()
export class GlobalSearch {
  private readonly requests = inject(Requests);
  private readonly current = inject(CurrentWorkspace);
  /** What is looked for. */
  readonly text = signal('');
  private readonly hits = signal<readonly (Found & { readonly finder: Finder })[]>([]);
  private readonly busy = signal(false);
  readonly found = this.hits.asReadonly();
  /** True while answers are on their way. */
  readonly searching = this.busy.asReadonly();
  private round = 0;

  constructor() {
    effect((onCleanup) => {
      const text = this.text().trim();
      const round = ++this.round;
      untracked(() => {
        this.hits.set([]);
        this.busy.set(text.length >= SHORTEST);
      });
      if (text.length < SHORTEST) return;
      const wait = setTimeout(() => void this.look(text, round), PAUSE_MS);
      onCleanup(() => clearTimeout(wait));
    });
  }

  private async look(text: string, round: number): Promise<void> {
    const workspaceId = this.current.id() ?? this.current.preferred();
    if (workspaceId === undefined) return this.busy.set(false);
    const asked = finders.filter(({ permission }) => this.current.may(permission));
    const answers = await Promise.all(
      asked.map(async (finder) => {
        const found = await this.ask(finder, workspaceId, text);
        return found.map(({ title, link }) => ({ finder, title, link: `/workspaces/${workspaceId}/${link}` }));
      }),
    );
    if (round !== this.round) return;
    // Only what has a page.
    const pages = new Set(features.map(({ path }) => path));
    this.hits.set(answers.flat().filter(({ link }) => pages.has(link.split('/')[3] ?? '')));
    this.busy.set(false);
  }

  /** One kind that cannot be looked through now must not hide the others. */
  private async ask(finder: Finder, workspaceId: string, text: string): Promise<readonly Found[]> {
    try {
      return await finder.find(this.requests, workspaceId, text);
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  }
}
