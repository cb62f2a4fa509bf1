import { computed, inject, Injectable, signal } from '@angular/core';
import { type Answer, type Item, Requests } from '../api/requests';
import { Problem } from '../api/problem';
import { profileRead } from '../api/generated/fn/profile/profile-read';
import { sessionsRenew } from '../api/generated/fn/sessions/sessions-renew';
import { sessionsSignIn } from '../api/generated/fn/sessions/sessions-sign-in';
import { sessionsSignOut } from '../api/generated/fn/sessions/sessions-sign-out';
import { workspacesMine } from '../api/generated/fn/workspaces/workspaces-mine';
import { keepLocale } from '../preferences/language';
import { csrfToken, dropCsrf } from './csrf';
import { Remembered } from './remembered';

export type Person = Answer<typeof profileRead>;
export type Workspace = Item<typeof workspacesMine>;
/** What a finished sign-in gives, whichever way it went. */
export type SignedIn = Extract<Answer<typeof sessionsSignIn>, { state: 'signed_in' }>;
/** What a first step asks of a person who has a second factor. */
export type Question = Extract<Answer<typeof sessionsSignIn>, { state: 'second_factor_required' }>;

/** Renewed so many milliseconds before it ends, so that no request carries a token that ends on its way. */
const MARGIN_MS = 60_000;

/**
 * Who is signed in here, and with what. The access token lives in memory alone; the refresh token in a cookie that no page can read.
 */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly requests = inject(Requests);
  private readonly remembered = inject(Remembered);
  private token?: { readonly text: string; readonly until: number };
  private renewal?: Promise<string>;
  private opening?: Promise<boolean>;
  private readonly chores = new Set<() => Promise<unknown>>();

  private readonly who = signal<Person | undefined>(undefined);
  private readonly mine = signal<readonly Workspace[]>([]);

  /** Who is signed in; undefined for nobody. */
  readonly person = this.who.asReadonly();
  /** The workspaces of the person, by name. */
  readonly workspaces = this.mine.asReadonly();
  readonly signedIn = computed(() => this.person() !== undefined);
  private readonly cut = signal(false);
  /** True when the server ended the session, and not the person. */
  readonly ended = this.cut.asReadonly();

  /**
   * Takes up the session that this browser has, once. Without a network it is the one remembered.
   * @returns whether somebody is signed in
   */
  open(): Promise<boolean> {
    return (this.opening ??= this.takeUp());
  }

  /** Begins the session that a sign-in gave, and reads what the person has. */
  async begin(answer: SignedIn): Promise<void> {
    this.keep(answer);
    this.who.set(answer.person);
    await this.readWorkspaces();
    this.remember();
    this.opening = Promise.resolve(true);
  }

  /** Reads person and workspaces anew. @throws Problem */
  async refresh(): Promise<void> {
    const [person] = await Promise.all([this.requests.ask(profileRead, {}), this.readWorkspaces()]);
    this.who.set(person);
    this.remember();
  }

  /** Has something done first when the person signs out, while their session still stands. */
  beforeSignOut(work: () => Promise<unknown>): void {
    this.chores.add(work);
  }

  /** Ends the session here and on the server, and forgets what was kept of it. */
  async signOut(): Promise<void> {
    await Promise.allSettled([...this.chores].map((work) => work()));
    try {
      await this.requests.ask(sessionsSignOut, {});
    } catch (error) {
      // Over already, or the server is away: the cookie ends with its time, and nothing of it stays here.
      if (!(error instanceof Problem)) throw error;
    }
    this.forget();
  }

  private forget(): void {
    this.token = undefined;
    this.who.set(undefined);
    this.mine.set([]);
    this.remembered.forget();
    // Also when the server could not be told: without it no renewal is accepted, and a reload signs nobody in again.
    dropCsrf();
    this.opening = Promise.resolve(false);
  }

  /**
   * An access token that is good for a while.
   * @param fresh true where the last one was refused
   * @throws Problem when the session is over, or no answer came
   */
  accessToken(fresh = false): Promise<string> {
    const { token } = this;
    if (token && !fresh && token.until - Date.now() > MARGIN_MS) return Promise.resolve(token.text);
    return (this.renewal ??= this.renew().finally(() => (this.renewal = undefined)));
  }

  private async renew(): Promise<string> {
    const csrf = csrfToken();
    if (csrf === undefined) {
      this.end();
      throw new Problem(401, 'unauthenticated', $localize`You are signed out.`);
    }
    try {
      const answer = await this.requests.openly(sessionsRenew, { 'X-CSRF-Token': csrf, body: {} });
      this.sameAsBefore(answer.accessToken);
      this.keep(answer);
      return answer.accessToken;
    } catch (error) {
      if (error instanceof Problem && (error.status === 401 || error.status === 403)) this.end();
      throw error;
    }
  }

  /** The session is over, and not by this window's wish. */
  private end(): void {
    this.cut.set(this.signedIn());
    this.forget();
  }

  /** Another window of this browser may have signed in somebody else: this one begins anew, as theirs. */
  private sameAsBefore(token: string): void {
    const person = this.who()?.id;
    if (person === undefined || subjectOf(token) === person) return;
    location.reload();
    throw new Problem(401, 'unauthenticated', $localize`Somebody else is signed in here now.`);
  }

  private keep({ accessToken, expiresIn }: { accessToken: string; expiresIn: number }): void {
    this.token = { text: accessToken, until: Date.now() + expiresIn * 1000 };
    this.cut.set(false);
  }

  private async takeUp(): Promise<boolean> {
    if (csrfToken() === undefined) {
      this.remembered.forget();
      return false;
    }
    try {
      await this.accessToken();
      await this.refresh();
    } catch (error) {
      const kept = error instanceof Problem && error.status !== 401 && error.status !== 403 && this.remembered.read();
      if (!kept) return false;
      this.who.set(kept.person);
      this.mine.set(kept.workspaces);
    }
    return true;
  }

  private async readWorkspaces(): Promise<void> {
    const { items } = await this.requests.ask(workspacesMine, { limit: 200 });
    this.mine.set(items.toSorted((a, b) => a.name.localeCompare(b.name)));
  }

  private remember(): void {
    const person = this.who();
    if (!person) return;
    this.remembered.keep({ person, workspaces: this.mine() });
    keepLocale(person.locale);
  }
}

/** Whom an access token is for: the `sub` of a JWT (RFC 7519). */
function subjectOf(token: string): string | undefined {
  const [, claims = ''] = token.split('.');
  return (JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/'))) as { sub?: string }).sub;
}
