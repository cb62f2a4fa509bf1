import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { Session } from '../session';
import { Kept } from './kept';
import { lastSeen } from './last-seen';

let person: { id: string } | undefined;
const shelf = new Map<string, { key: string; at: number }>();
const kept: Pick<Kept, 'read' | 'put'> = {
  read: <T>(_: string, key: string) => Promise.resolve(shelf.get(key) as T | undefined),
  put: (_, value) => Promise.resolve(void shelf.set(value.key, value)),
};

beforeEach(() => {
  shelf.clear();
  person = { id: 'ada' };
  TestBed.configureTestingModule({
    providers: [
      provideHttpClient(withInterceptors([lastSeen])),
      provideHttpClientTesting(),
      { provide: Session, useValue: { person: () => person } },
      { provide: Kept, useValue: kept },
    ],
  });
});

const DEALS = '/api/v1/workspaces/w1/deals';

/** Asks, and lets the server answer, or nobody. */
async function ask(url: string, body?: object): Promise<unknown> {
  const answer = firstValueFrom(TestBed.inject(HttpClient).get(url));
  const request = TestBed.inject(HttpTestingController).expectOne(url);
  if (body) request.flush(body);
  else request.error(new ProgressEvent('error'));
  return answer;
}

describe('what was seen last', () => {
  it('is there while nobody answers, for the same question', async () => {
    await ask(`${DEALS}?limit=50`, { items: [1] });
    expect(await ask(`${DEALS}?limit=50`)).toEqual({ items: [1] });
    await expect(ask(`${DEALS}?limit=6`)).rejects.toMatchObject({ status: 0 });
  });

  it('is for the person who saw it', async () => {
    await ask(DEALS, { items: [1] });
    person = { id: 'ben' };
    await expect(ask(DEALS)).rejects.toMatchObject({ status: 0 });
    person = undefined;
    await expect(ask(DEALS)).rejects.toMatchObject({ status: 0 });
  });

  it('leaves settings and secrets where they are', async () => {
    for (const url of ['/api/v1/sessions', '/api/v1/workspaces/w1/webhook-endpoints/e1/secrets', `${DEALS}/d1/raw`])
      await ask(url, { secret: true });
    expect(shelf.size).toBe(0);
  });
});
