import { inject, Injectable } from '@angular/core';
import { identitiesBegin, identitySignInsBegin, Requests } from '../../api';

const KEY = 'signalbox.journey';

/** What a journey to another issuer was begun for. */
export interface Purpose {
  /** `link` adds the account there to the one that is signed in. */
  readonly to: 'sign-in' | 'link';
  /** Where to go afterwards, within the console. */
  readonly next: string;
}

/** Journeys to another issuer and back. What for stands in this tab alone, since the browser leaves the console meanwhile. */
@Injectable({ providedIn: 'root' })
export class Journeys {
  private readonly requests = inject(Requests);

  /** Leaves for the issuer, to come back signed in. @param invitation the token of one to accept @throws Problem */
  async signIn(providerId: string, next: string, invitation?: string): Promise<void> {
    const body = invitation === undefined ? {} : { invitation };
    const { url } = await this.requests.openly(identitySignInsBegin, { providerId, body });
    this.leave(url, { to: 'sign-in', next });
  }

  /** Leaves for the issuer, to come back with an account to link. @throws Problem */
  async link(provider: string, next: string): Promise<void> {
    const { url } = await this.requests.ask(identitiesBegin, { body: { provider } });
    this.leave(url, { to: 'link', next });
  }

  /** What the journey that ends now was begun for. Asked once. */
  arrive(): Purpose {
    const kept = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return kept === null ? { to: 'sign-in', next: '/' } : (JSON.parse(kept) as Purpose);
  }

  private leave(url: string, purpose: Purpose): void {
    sessionStorage.setItem(KEY, JSON.stringify(purpose));
    location.assign(url);
  }
}
