import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OllamaExtractor, type OllamaOptions } from './ollama.js';

/** A server that speaks Ollama's `/api/chat` and answers what a test wants. */
type Answer = (request: { body: Record<string, unknown>; response: ServerResponse }) => void;
const open: Server[] = [];

async function serve(answer: Answer): Promise<{ url: string; requests: Record<string, unknown>[] }> {
  const requests: Record<string, unknown>[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let raw = '';
    for await (const chunk of request) raw += String(chunk);
    if (request.method !== 'POST' || request.url !== '/api/chat') {
      response.writeHead(404).end('{"error":"not found"}');
      return;
    }
    const body = JSON.parse(raw) as Record<string, unknown>;
    requests.push(body);
    answer({ body, response });
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  open.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const says =
  (content: unknown): Answer =>
  ({ body, response }) => {
    const message = { role: 'assistant', content: typeof content === 'string' ? content : JSON.stringify(content) };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        model: body.model,
        created_at: '2027-01-01T00:00:00Z',
        message,
        done: true,
        done_reason: 'stop',
      }),
    );
  };

afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const extractor = (url: string, more: Partial<OllamaOptions> = {}): OllamaExtractor =>
  new OllamaExtractor({ url, model: 'small', timeoutMs: 2000, dailyBudget: 100, ...more });
const input = {
  subject: 'Somewhere warm?',
  text: 'We could leave Leeds one day and be in Faro the next; somebody saw £31.',
};
const right = { origins: ['Leeds'], destinations: ['Faro'], price: 31, currency: 'GBP' };

describe('OllamaExtractor', () => {
  it('asks with a JSON schema and gives the deals that the text bears out', async () => {
    const { url, requests } = await serve(
      says({ deals: [right, { ...right, price: 29 }, { ...right, destinations: ['Rome'] }] }),
    );
    const answer = await extractor(url).extract(input);
    expect(answer).toMatchObject({
      outcome: 'answered',
      deals: [{ price: { amount: 3100, currency: 'GBP' }, method: 'model' }],
    });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      model: 'small',
      stream: false,
      format: { type: 'object', required: ['deals'] },
    });
    expect(JSON.stringify(requests[0]?.messages)).toContain('Leeds');
  });

  it.each([
    ['broken JSON', says('{"deals": [')],
    ['another shape', says({ fares: [] })],
    ['an error', (({ response }) => response.writeHead(500).end('{"error":"out of memory"}')) satisfies Answer],
    ['a cut connection', (({ response }) => void response.socket?.destroy()) satisfies Answer],
    ['no JSON at all', (({ response }) => response.writeHead(200).end('<html>')) satisfies Answer],
  ])('fails quietly on %s', async (_, answer) => {
    const { url } = await serve(answer);
    expect((await extractor(url).extract(input)).outcome).toBe('failed');
  });

  it('gives up on a server that does not answer in time', async () => {
    const { url } = await serve(() => undefined);
    expect((await extractor(url, { timeoutMs: 50 }).extract(input)).outcome).toBe('failed');
  });

  it('gives up on a server that starts and never ends', async () => {
    const { url } = await serve(({ response }) => void response.writeHead(200).write('{"message":'));
    expect((await extractor(url, { timeoutMs: 50 }).extract(input)).outcome).toBe('failed');
  });

  it('stops asking after failures in a row, and asks again later', async () => {
    let broken = true;
    const { url, requests } = await serve((request) => says(broken ? 'no' : { deals: [right] })(request));
    const asked = extractor(url, { failuresToOpen: 2, halfOpenAfterMs: 30 });
    const outcomes = [];
    for (let i = 0; i < 3; i++) outcomes.push((await asked.extract(input)).outcome);
    expect(outcomes).toEqual(['failed', 'failed', 'circuit-open']);
    expect(requests).toHaveLength(2);
    broken = false;
    await new Promise((later) => setTimeout(later, 60));
    expect(await asked.extract(input)).toMatchObject({ outcome: 'answered', deals: [{ price: { amount: 3100 } }] });
  });

  it('keeps to its daily budget and starts anew the next day', async () => {
    const { url, requests } = await serve(says({ deals: [] }));
    let day = '2027-01-01T23:00:00Z';
    const asked = extractor(url, { dailyBudget: 1, now: () => new Date(day) });
    expect((await asked.extract(input)).outcome).toBe('answered');
    expect((await asked.extract(input)).outcome).toBe('over-budget');
    day = '2027-01-02T00:00:01Z';
    expect((await asked.extract(input)).outcome).toBe('answered');
    expect(requests).toHaveLength(2);
  });
});
