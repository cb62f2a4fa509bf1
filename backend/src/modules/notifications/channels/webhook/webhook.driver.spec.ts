import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { HttpClient } from '#platform/http-client/index.js';
import { PermanentFailure, RetryLater } from '#platform/jobs/index.js';
import { makeHmacSecret } from '#platform/webhook-signature/index.js';
import { channelMessage, loopbackClient } from '#test/channel-messages.js';
import { ChannelDrivers, type ChannelMessage } from '../channel.js';
import { ChannelGone } from '../channel-gone.js';
import { Post } from '../post.js';
import { WebhookDriver } from './webhook.driver.js';

interface Got {
  headers: IncomingHttpHeaders;
  body: string;
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

const secret = makeHmacSecret();
const never = new AbortController().signal;
const got: Got[] = [];
const answers: Answer[] = [];
let server: Server;
let http: HttpClient;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      const { status, headers = {}, body = '' } = answers.shift() ?? { status: 204 };
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  http = loopbackClient();
});
afterAll(async () => {
  await http.onApplicationShutdown();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

function send(message: ChannelMessage = channelMessage()) {
  const { port } = server.address() as AddressInfo;
  const settings = { url: `http://127.0.0.1:${port}/hook`, secret };
  return new WebhookDriver(new Post(http), new ChannelDrivers()).send(settings, message, never);
}

const failureOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('It was taken.'),
    (error: Error) => error,
  );
const verified = ({ headers, body }: Got, by = secret) =>
  new Webhook(by).verify(body, headers as Record<string, string>) as Record<string, never>;

describe('the webhook of a channel', () => {
  it('gets what the library of Standard Webhooks verifies', async () => {
    const message = channelMessage();
    expect(await send(message)).toEqual({ response: '204' });
    const last = got.at(-1)!;
    expect(last.headers['webhook-id']).toBe(message.notificationId);
    expect(verified(last)).toMatchObject({
      type: 'notification.sent',
      data: {
        id: message.notificationId,
        subject: message.subject,
        text: 'A deal was found.\nFrom: New York (NYC)',
        events: [{ id: message.events[0]!.id, type: 'deal.found', position: 7 }],
        total: 1,
      },
    });
    expect(() => verified(last, makeHmacSecret())).toThrow(WebhookVerificationError);
    expect(() => verified({ ...last, body: last.body.replace('LIS', 'OPO') })).toThrow(WebhookVerificationError);
  });

  it('is not told how to end what somebody else subscribed to', async () => {
    await send();
    expect(got.at(-1)!.body).not.toContain('https://signalbox.example.com/u/1');
  });

  it('gets a repeat under the same id, word for word', async () => {
    const message = channelMessage();
    answers.push({ status: 500 });
    expect(await failureOf(send(message))).toBeInstanceOf(RetryLater);
    await send(message);
    const ids = got.slice(-2).map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([message.notificationId, message.notificationId]);
    const [first, second] = got.slice(-2).map(({ body }) => body);
    expect(second).toBe(first);
    expect(JSON.parse(first!)).toMatchObject({ timestamp: message.at });
  });

  it('is not shown its own address, which is a secret, by an answer that repeats it', async () => {
    const { port } = server.address() as AddressInfo;
    const settings = { url: `http://127.0.0.1:${port}/hooks/verysecretpart?token=anothersecret`, secret };
    const driver = new WebhookDriver(new Post(http), new ChannelDrivers());
    answers.push(
      { status: 403, body: 'Cannot POST /hooks/verysecretpart?token=anothersecret' },
      { status: 200, body: 'verysecretpart, {"token":"anothersecret"}' },
    );
    const failure = await failureOf(driver.send(settings, channelMessage(), never));
    expect(failure.message).toBe('The webhook answered: 403 Cannot POST …');
    const { response } = await driver.send(settings, channelMessage(), never);
    expect(response).toBe('200 …, {"token":"…"}');
  });

  it('ends with 410', async () => {
    answers.push({ status: 410 });
    expect(await failureOf(send())).toBeInstanceOf(ChannelGone);
  });

  it.each([404, 408, 429, 500, 503])('is tried again after %i', async (status) => {
    answers.push({ status, headers: { 'retry-after': '9' } });
    const failure = await failureOf(send());
    expect(failure).toBeInstanceOf(RetryLater);
    expect(failure).toMatchObject({ afterSeconds: 9 });
  });

  it.each([301, 307, 400, 401, 403, 422])('is not tried again after %i, and the channel stays', async (status) => {
    answers.push({ status, headers: { location: 'http://127.0.0.1/' }, body: 'x'.repeat(5000) });
    const failure = await failureOf(send());
    expect(failure).toBeInstanceOf(PermanentFailure);
    expect(failure).not.toBeInstanceOf(ChannelGone);
    expect(failure.message.length).toBeLessThan(400);
  });

  it.each<[string, Answer]>([
    ['a page of 100 kB', { status: 200, body: `ok ${'x'.repeat(100_000)}` }],
    ['what is compressed in an unknown way', { status: 200, headers: { 'content-encoding': 'zstd' }, body: 'packed' }],
    ['what is compressed and damaged', { status: 200, headers: { 'content-encoding': 'gzip' }, body: 'packed' }],
  ])('that took the message and answers with %s gets no second one', async (_, answer) => {
    answers.push(answer);
    const { response } = await send();
    expect(response).toMatch(answer.headers ? /^200$/ : /^200 ok x+…$/);
    expect(got.at(-1)!.headers['accept-encoding']).toBe('identity');
  });
});
