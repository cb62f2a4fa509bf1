// Makes data as a program would, past browser and proxy.
import { SERVER } from './stand.js';

/** What most answers have. */
export interface Made {
  readonly id: string;
}

/** The API for one person. Paths begin after `/api/v1`. Everything but success is an error with what was said. */
export class Api {
  /** @param renew signs in again: a token lives for minutes, a run for longer */
  constructor(
    private token?: string,
    private readonly renew?: () => Promise<string>,
  ) {}

  get<T = Made>(path: string): Promise<T> {
    return this.ask<T>('GET', path);
  }

  post<T = Made>(path: string, body: object = {}): Promise<T> {
    return this.ask<T>('POST', path, body);
  }

  patch<T = Made>(path: string, body: object): Promise<T> {
    return this.ask<T>('PATCH', path, body);
  }

  put<T = Made>(path: string, body: object): Promise<T> {
    return this.ask<T>('PUT', path, body);
  }

  delete(path: string): Promise<void> {
    return this.ask('DELETE', path);
  }

  private async ask<T>(method: string, path: string, body?: object): Promise<T> {
    let answer = await this.send(method, path, body);
    if (answer.status === 401 && this.renew) {
      this.token = await this.renew();
      answer = await this.send(method, path, body);
    }
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  private send(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${SERVER}/api/v1${path}`, {
      method,
      headers: {
        ...(body && { 'Content-Type': 'application/json' }),
        ...(this.token !== undefined && { Authorization: `Bearer ${this.token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}

/** Signs in by password. */
export async function signIn({ email, password }: { email: string; password: string }): Promise<Api> {
  const token = async () => {
    const body = { email, password, transport: 'body' };
    return (await new Api().post<{ accessToken: string }>('/sessions', body)).accessToken;
  };
  return new Api(await token(), token);
}
