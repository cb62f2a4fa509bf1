import { computed, inject, Injectable, resource } from '@angular/core';
import { identitySignInsList, Requests } from '../../api';

/** What this console lets people do who are not signed in. */
@Injectable({ providedIn: 'root' })
export class SignInOptions {
  private readonly requests = inject(Requests);
  private readonly asked = resource({ loader: () => this.requests.openly(identitySignInsList, {}) });
  private readonly known = computed(() => (this.asked.hasValue() ? this.asked.value() : undefined));

  /** The other issuers that people may sign in at. */
  readonly providers = computed(() => this.known()?.items ?? []);
  /** Who may sign up; undefined until the server said so. */
  readonly registration = computed(() => this.known()?.registration);
}
