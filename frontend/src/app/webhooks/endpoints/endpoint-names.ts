import { inject, Injectable, resource } from '@angular/core';
import { endpointsList, type Item, membersList, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';

export type Endpoint = Item<typeof endpointsList>;

/** What endpoints and their owners are called, for lists that know them by id. */
@Injectable()
export class EndpointNames {
  private readonly requests = inject(Requests);
  private readonly current = inject(CurrentWorkspace);

  private readonly endpoints = resource({
    params: () => this.current.id(),
    loader: ({ params: workspaceId }) => this.requests.ask(endpointsList, { workspaceId, limit: 200 }),
  });
  private readonly members = resource({
    params: () => (this.current.may('members:read') ? this.current.id() : undefined),
    loader: ({ params: workspaceId }) => this.requests.ask(membersList, { workspaceId, limit: 200 }),
  });

  /** All that can be chosen from; empty until they are read. */
  all(): readonly Endpoint[] {
    return this.endpoints.hasValue() ? this.endpoints.value().items : [];
  }

  /** @returns the endpoint, or undefined for one that was removed */
  one(id: string): Endpoint | undefined {
    return this.all().find((endpoint) => endpoint.id === id);
  }

  /** @returns its host and what somebody wrote about it */
  nameOf(id: string): string {
    const endpoint = this.one(id);
    if (!endpoint) return this.endpoints.isLoading() ? '…' : $localize`an endpoint that was removed`;
    return endpoint.description || hostOf(endpoint.url);
  }

  /** @returns the name of a member; undefined for service accounts and people who left */
  person(userId: string | null): string | undefined {
    return this.members.hasValue()
      ? this.members.value().items.find((member) => member.userId === userId)?.name
      : undefined;
  }

  /** Reads them anew. */
  reload(): void {
    this.endpoints.reload();
  }
}

/** Where an address leads. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
