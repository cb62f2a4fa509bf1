import { computed, inject, Injectable, resource, signal } from '@angular/core';
import { type Answer, ownFactorsRead, problemOf, Requests } from '../../api';
import { Session } from '../../session';

export type OwnFactors = Answer<typeof ownFactorsRead>;

/** What guards the account, for the parts of this page. */
@Injectable()
export class Factors {
  private readonly requests = inject(Requests);
  private readonly session = inject(Session);
  private readonly asked = resource({ loader: () => this.requests.ask(ownFactorsRead, {}) });

  readonly held = computed(() => (this.asked.hasValue() ? this.asked.value() : undefined));
  readonly problem = computed(() => (this.asked.error() ? problemOf(this.asked.error()) : undefined));
  /** Recovery codes that were just made: they are shown this once. */
  readonly codes = signal<readonly string[] | undefined>(undefined);

  reload(): void {
    this.asked.reload();
  }

  /** After a factor came or went: workspaces may have opened or closed by it. @param codes those that came with a first factor */
  async changed(codes: readonly string[] | null = null): Promise<void> {
    if (codes) this.codes.set(codes);
    this.reload();
    await this.session.refresh();
  }
}
