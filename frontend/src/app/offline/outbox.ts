import { HttpClient, HttpContextToken, type HttpInterceptorFn, HttpResponse } from '@angular/common/http';
import { effect, inject, Injectable, Injector, untracked } from '@angular/core';
import { catchError, firstValueFrom, from, map, throwError } from 'rxjs';
import { type Problem, problemOf } from '../api/problem';
import { Live } from '../live/live';
import { Session } from '../session';
import { Toasts } from '../ui/toasts';
import { Kept } from './kept';

/** Set on a command that may be carried out later: while no answer comes it waits here, and counts as taken. */
export const WHEN_BACK = new HttpContextToken(() => false);

/** After a failure it is tried again so many seconds later, unless the server says otherwise. */
const AGAIN_S = 15;

interface Command {
  /** Its Idempotency-Key: sent twice, it is carried out once. */
  readonly key: string;
  readonly at: number;
  readonly person: string;
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
}

/** Commands that wait for the network, sent in their order once the connection stands. */
@Injectable({ providedIn: 'root' })
export class Outbox {
  private readonly kept = inject(Kept);
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);
  private readonly live = inject(Live);
  private readonly toasts = inject(Toasts);
  private sending?: Promise<void>;
  private timer?: ReturnType<typeof setTimeout>;

  constructor() {
    effect(() => {
      const back = this.session.signedIn() && this.live.state().name === 'live';
      if (back) untracked(() => void this.send());
    });
    // What a person kept goes when they go, or somebody else comes.
    let before: string | undefined;
    effect(() => {
      const now = this.session.person()?.id;
      if (now !== before) untracked(() => this.clean(now)).catch(problemOf);
      before = now;
    });
  }

  private async clean(person: string | undefined): Promise<void> {
    if (person !== undefined) return this.kept.clearBut(person);
    // Nor does this browser show messages for who has left it.
    const worker = await navigator.serviceWorker?.getRegistration();
    await (await worker?.pushManager.getSubscription())?.unsubscribe();
    await this.kept.clear();
  }

  /** @throws DOMException where the browser keeps nothing */
  async add(command: Omit<Command, 'at' | 'person'>): Promise<void> {
    const person = this.session.person()?.id ?? '';
    await this.kept.put('commands', { ...command, person, at: Date.now() } as Command);
    this.toasts.say({ text: $localize`Kept here; it is sent when the server is back.` });
    this.later();
  }

  /** Sends all that waits. What the server refuses is told, and gone. */
  send(): Promise<void> {
    // Several windows share what waits: one of them sends.
    return (this.sending ??= Promise.resolve(navigator.locks.request('signalbox.outbox', () => this.sendAll())).finally(
      () => (this.sending = undefined),
    ));
  }

  /** A connection that never broke says nothing when it is well again: it is tried by the clock too. */
  private later(seconds = AGAIN_S): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), seconds * 1000);
  }

  private async sendAll(): Promise<void> {
    const waiting = await this.kept.all<Command>('commands').catch(() => []);
    for (const { key, person, method, url, body } of waiting) {
      if (person !== this.session.person()?.id) continue;
      try {
        await firstValueFrom(this.http.request(method, url, { body, headers: { 'Idempotency-Key': key } }));
      } catch (error) {
        const problem = problemOf(error);
        if (passing(problem)) return this.later(problem.retryAfter);
        this.toasts.problem(problem);
      }
      await this.kept.remove('commands', key);
    }
  }
}

/** What will be over by itself: no answer, too many at once, a fault of the server. */
function passing({ offline, status, code }: Problem): boolean {
  return offline || status === 429 || status >= 500 || code === 'idempotency_running';
}

/** Lets commands wait that may. */
export const outbox: HttpInterceptorFn = (request, next) => {
  if (!request.context.get(WHEN_BACK)) return next(request);
  const injector = inject(Injector);
  const key = crypto.randomUUID();
  return next(request.clone({ setHeaders: { 'Idempotency-Key': key } })).pipe(
    catchError((error: unknown) => {
      if (!problemOf(error).offline) return throwError(() => error);
      const { method, urlWithParams: url, body } = request;
      const added = injector.get(Outbox).add({ key, method, url, body });
      return from(added).pipe(map(() => new HttpResponse({ status: 202, body: null, url })));
    }),
  );
};
