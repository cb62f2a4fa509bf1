import { HttpContext, HttpContextToken } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { Api } from './generated/api';
import type { StrictHttpResponse } from './generated/strict-http-response';
import type { Observable } from 'rxjs';
import { HttpClient } from '@angular/common/http';
import { problemOf } from './problem';

/** A generated function of the API. */
export type Operation<P, R> = (
  http: HttpClient,
  rootUrl: string,
  params: P,
  context?: HttpContext,
) => Observable<StrictHttpResponse<R>>;

/** What an operation answers. */
export type Answer<O> = O extends (...args: never[]) => Observable<StrictHttpResponse<infer R>> ? R : never;

/** One entry of what an operation lists. */
export type Item<O> = Answer<O> extends { items: readonly (infer I)[] } ? I : never;

/** The body that an operation takes. */
export type Body<O> = O extends (http: never, rootUrl: never, params: infer P, ...rest: never[]) => unknown
  ? P extends { body?: infer B }
    ? B
    : never
  : never;

/** Set on requests that carry no access token: those that sign in. */
export const WITHOUT_TOKEN = new HttpContextToken(() => false);

/** Asks the server; every refusal comes as a `Problem`. */
@Injectable({ providedIn: 'root' })
export class Requests {
  private readonly api = inject(Api);

  /** @returns the answer's body @throws Problem */
  async ask<P, R>(operation: Operation<P, R>, params: P, context?: HttpContext): Promise<R> {
    return (await this.response(operation, params, context)).body;
  }

  /** Asks without a token, as one does before being signed in. @returns the answer's body @throws Problem */
  openly<P, R>(operation: Operation<P, R>, params: P): Promise<R> {
    return this.ask(operation, params, new HttpContext().set(WITHOUT_TOKEN, true));
  }

  /** @returns the answer with its headers, such as the ETag that a change needs @throws Problem */
  async response<P, R>(operation: Operation<P, R>, params: P, context?: HttpContext): Promise<StrictHttpResponse<R>> {
    try {
      return await this.api.invoke$Response(operation, params, context);
    } catch (error) {
      throw problemOf(error);
    }
  }
}
