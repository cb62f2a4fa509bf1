import { HttpErrorResponse, type HttpInterceptorFn } from '@angular/common/http';
import { inject, Injectable, signal } from '@angular/core';
import { catchError, from, switchMap } from 'rxjs';
import { Problem, problemOf } from '../api/problem';

interface Asked {
  /** The ways to prove it that this person has: `password`, `totp`, `passkey`. */
  readonly methods: readonly string[];
  answer(proved: boolean): void;
}

/** Asks the person to prove again who they are. The window that asks stands in the root. */
@Injectable({ providedIn: 'root' })
export class Reauthentication {
  private readonly waiting = signal<Asked | undefined>(undefined);
  private answer?: Promise<boolean>;
  /** What is asked now. */
  readonly asked = this.waiting.asReadonly();

  /** @returns whether it was proved; requests that ask meanwhile share the answer */
  ask(methods: readonly string[]): Promise<boolean> {
    return (this.answer ??= new Promise<boolean>((resolve) => {
      this.waiting.set({ methods, answer: resolve });
    }).finally(() => {
      this.answer = undefined;
      this.waiting.set(undefined);
    }));
  }
}

/**
 * Where the server wants a fresh proof of who asks, gets one from the person and sends the request again. Pages need not know.
 * A person who does not give it makes a Problem of the request.
 */
export const reauthenticating: HttpInterceptorFn = (request, next) => {
  const reauthentication = inject(Reauthentication);
  return next(request).pipe(
    catchError((error: unknown) => from(proof(error, reauthentication)).pipe(switchMap(() => next(request)))),
  );
};

/** Resolves once the person proved it. @throws Problem when it was refused for anything else, or was not proved */
async function proof(error: unknown, reauthentication: Reauthentication): Promise<void> {
  const problem = problemOf(await readable(error));
  if (problem.code !== 'reauthentication_required') throw problem;
  const { methods } = problem.more as { methods?: readonly string[] };
  if (!(await reauthentication.ask(methods ?? [])))
    throw new Problem(403, problem.code, $localize`Nothing was changed: this needs a fresh proof that it is you.`);
}

/** Requests for a file get their refusal as a file, too. */
async function readable(error: unknown): Promise<unknown> {
  if (!(error instanceof HttpErrorResponse) || !(error.error instanceof Blob)) return error;
  const { headers, status, statusText } = error;
  return new HttpErrorResponse({ error: await error.error.text(), headers, status, statusText });
}
