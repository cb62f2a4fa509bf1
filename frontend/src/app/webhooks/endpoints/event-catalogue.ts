import { computed, inject, Injectable, resource } from '@angular/core';
import { historyTypes, type Item, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';

export type EventType = Item<typeof historyTypes>;

/** Types about one thing, such as all of deals. */
export interface EventGroup {
  readonly name: string;
  readonly types: readonly EventType[];
}

/** What endpoints can be told of, by the API's own catalogue. */
@Injectable()
export class EventCatalogue {
  private readonly requests = inject(Requests);
  private readonly current = inject(CurrentWorkspace);
  readonly found = resource({
    params: () => this.current.id(),
    loader: ({ params: workspaceId }) => this.requests.ask(historyTypes, { workspaceId }),
  });
  readonly types = computed<readonly EventType[]>(() => (this.found.hasValue() ? this.found.value().items : []));
  readonly groups = computed<readonly EventGroup[]>(() => {
    const groups = new Map<string, EventType[]>();
    for (const one of this.types()) {
      const name = one.type.slice(0, one.type.indexOf('.'));
      groups.set(name, [...(groups.get(name) ?? []), one]);
    }
    return [...groups].map(([name, types]) => ({ name, types })).toSorted((a, b) => a.name.localeCompare(b.name));
  });
}
