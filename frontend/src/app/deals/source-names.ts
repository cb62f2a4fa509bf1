import { computed, inject, Injectable, resource } from '@angular/core';
import { Requests, sourcesList } from '../api';
import { CurrentWorkspace } from '../session';

/** What the sources of the workspace are called: rows and filters name them by id. */
@Injectable({ providedIn: 'root' })
export class SourceNames {
  private readonly requests = inject(Requests);
  private readonly current = inject(CurrentWorkspace);
  private readonly found = resource({
    params: () => (this.current.may('sources:read') ? this.current.id() : undefined),
    loader: ({ params }) => this.requests.ask(sourcesList, { workspaceId: params, limit: 100, sort: 'name' }),
  });
  private readonly names = computed(
    () => new Map((this.found.hasValue() ? this.found.value().items : []).map(({ id, name }) => [id, name])),
  );

  /** For completion. */
  readonly values = computed(() => [...this.names()].map(([value, title]) => ({ value, title })));

  /** Undefined for a source that was removed, or while names are on their way. */
  of(sourceId: string): string | undefined {
    return this.names().get(sourceId);
  }
}
