import { HttpClient, HttpContextToken, type HttpInterceptorFn, HttpResponse } from '@angular/common/http';
import { effect, inject, Injectable, Injector, untracked } from '@angular/core';
import { catchError, firstValueFrom, from, map, throwError } from 'rxjs';
import { problemOf } from '../api/problem';
import { Live } from '../live/live';
import { Session } from '../session';
import { Toasts } from '../ui/toasts';
import { Kept } from './kept';

/** Set on a command that may be carried out later: while no answer comes it waits here, and counts as taken. */
export const WHEN_BACK = new HttpContextToken(() => false);

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

  constructor() {
    effect(() => {
      const back = this.session.signedIn() && this.live.state().name === 'live';
      if (back) untracked(() => void this.send());
    });
    // What a person kept goes when they go, and nothing of it is shown to the next one.
    let before = false;
    effect(() => {
      const now = this.session.signedIn();
      if (before && !now) void this.kept.clear().catch(problemOf);
      before = now;
    });
  }

  /** @throws DOMException where the browser keeps nothing */
  async add(command: Omit<Command, 'at' | 'person'>): Promise<void> {
    const person = this.session.person()?.id ?? '';
    await this.kept.put('commands', { ...command, person, at: Date.now() } as Command);
    this.toasts.say({ text: $localize`Kept here; it is sent when the server is back.` });
  }

  /** Sends all that waits. What the server refuses is told, and gone. */
  send(): Promise<void> {
    return (this.sending ??= this.sendAll().finally(() => (this.sending = undefined)));
  }

  private async sendAll(): Promise<void> {
    const waiting = await this.kept.all<Command>('commands').catch(() => []);
    for (const { key, person, method, url, body } of waiting) {
      if (person !== this.session.person()?.id) continue;
      try {
        await firstValueFrom(this.http.request(method, url, { body, headers: { 'Idempotency-Key': key } }));
      } catch (error) {
        const problem = problemOf(error);
        if (problem.offline) return;
        this.toasts.problem(problem);
      }
      await this.kept.remove('commands', key);
    }
  }
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
