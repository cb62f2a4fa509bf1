import { createECDH } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import webPush from 'web-push';
import { InstanceConfig } from '#platform/config/index.js';
import { PermanentFailure, RetryLater } from '#platform/jobs/index.js';
import type { HttpClient } from '#platform/http-client/index.js';
import type { MailConfig } from '#platform/mail/index.js';
import { channelMessage, loopbackClient } from '#test/channel-messages.js';
import { type BrowserSubscription, decrypt, FakePushService } from '#test/push-service.js';
import { ChannelDrivers, type ChannelMessage } from '../channel.js';
import { ChannelGone } from '../channel-gone.js';
import { ChannelsConfig } from '../channels.config.js';
import { Post } from '../post.js';
import { PushDriver } from './push.driver.js';
import { type PushPayload, pushPayload } from './push-payload.js';
import type { VapidKeys } from './vapid-keys.js';

const pair = webPush.generateVAPIDKeys();
const never = new AbortController().signal;
let service: FakePushService;
let http: HttpClient;

beforeAll(async () => {
  service = await FakePushService.start();
  http = loopbackClient();
});
afterAll(async () => {
  await http.onApplicationShutdown();
  await service.stop();
});

function driver(client = http, publicUrl?: string): PushDriver {
  const keys = { pair: async () => pair } as VapidKeys;
  const mail = { from: 'Signalbox <alerts@example.com>' } as MailConfig;
  const config = new ChannelsConfig({ slackOrigins: [], discordOrigins: [], plainOrigins: [], pushContact: undefined });
  const instance = Object.assign(Object.create(InstanceConfig.prototype) as InstanceConfig, { publicUrl });
  return new PushDriver(new Post(client), keys, new ChannelDrivers(), instance, mail, config);
}

const settingsOf = ({ endpoint, keys }: BrowserSubscription) => ({ endpoint, ...keys, vapid: pair.publicKey });
const push = (browser: BrowserSubscription, message: ChannelMessage = channelMessage()) =>
  driver().send(settingsOf(browser), message, never);
const failureOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('It was taken.'),
    (error: Error) => error,
  );

describe('the push service of the specs', () => {
  it('opens the example of RFC 8291, section 5', () => {
    const key = createECDH('prime256v1');
    key.setPrivateKey(Buffer.from('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94', 'base64url'));
    const auth = Buffer.from('BTBZMqHH6r4Tts7J_aSIgg', 'base64url');
    const body = Buffer.from(
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
      'base64url',
    );
    expect(decrypt(body, key, auth)).toBe('When I grow up, I want to be a watermelon');
  });
});

describe('push messages', () => {
  it('reach the browser, readable for it alone, signed as the instance', async () => {
    const browser = service.subscribe(pair.publicKey);
    const message = channelMessage();
    expect(await push(browser, message)).toEqual({ response: '201' });
    const [got] = service.received(browser);
    expect(JSON.parse(got!.text)).toEqual({
      title: message.subject,
      body: 'Nonstop, in March.',
      url: message.url,
      notificationId: message.notificationId,
      tag: `deal:${message.events[0]!.subjectId}`,
    });
    expect(got).toMatchObject({ ttl: 86_400, urgency: 'normal' });
    expect(got!.topic).toMatch(/^[\w-]{32}$/);
    expect(got!.claims).toMatchObject({ aud: service.origin, sub: 'mailto:alerts@example.com' });
  });

  it('name the public address as whom to turn to, where there is one', async () => {
    const browser = service.subscribe(pair.publicKey);
    await driver(http, 'https://signalbox.example.com').send(settingsOf(browser), channelMessage(), never);
    expect(service.received(browser)[0]!.claims.sub).toBe('https://signalbox.example.com');
  });

  it('of one subject share a topic; a digest has its own, and wakes nobody', async () => {
    const browser = service.subscribe(pair.publicKey);
    const first = channelMessage();
    const digest = channelMessage({ events: first.events, total: 14 });
    for (const message of [first, channelMessage({ events: first.events }), digest]) await push(browser, message);
    const [one, another, gathered] = service.received(browser);
    expect(another!.topic).toBe(one!.topic);
    expect(gathered!.topic).not.toBe(one!.topic);
    expect([one!.urgency, gathered!.urgency]).toEqual(['normal', 'low']);
  });

  it.each([
    ['the longest of every part', '𝕷'.repeat(5000)],
    ['what JSON writes long', '"\\\u0001\u2028'.repeat(2000)],
    ['halves of characters', `${'a'.repeat(118)}\ud83d${'\udc4b'.repeat(500)}`],
  ])('fit whatever they say: %s', async (_, text) => {
    const browser = service.subscribe(pair.publicKey);
    const notification = { heading: text, blocks: [{ type: 'text' as const, text }] };
    await push(browser, channelMessage({ subject: text, notification, url: `https://example.com/${'x'.repeat(990)}` }));
    const shown = JSON.parse(service.received(browser)[0]!.text) as PushPayload;
    expect([shown.title.length <= 120, shown.body.length <= 400]).toEqual([true, true]);
    expect(shown.title.isWellFormed() && shown.body.isWellFormed()).toBe(true);
  });

  it('open nothing but http(s)', () => {
    expect(pushPayload(channelMessage({ url: 'javascript:alert(1)' })).url).toBeNull();
  });

  it.each([404, 410])('end the device that %i says is gone', async (status) => {
    const browser = service.subscribe(pair.publicKey);
    service.refuse(browser, { status });
    expect(await failureOf(push(browser))).toBeInstanceOf(ChannelGone);
  });

  it('end a device that subscribed with other keys, without asking the service', async () => {
    const browser = service.subscribe(pair.publicKey);
    const stale = { ...settingsOf(browser), vapid: webPush.generateVAPIDKeys().publicKey };
    expect(await failureOf(driver().send(stale, channelMessage(), never))).toBeInstanceOf(ChannelGone);
    expect(service.received(browser)).toEqual([]);
  });

  it.each([400, 401, 403, 413, 302])('stop at %i, and the device stays', async (status) => {
    const browser = service.subscribe(pair.publicKey);
    service.refuse(browser, { status, body: 'told so' });
    const failure = await failureOf(push(browser));
    expect(failure).toBeInstanceOf(PermanentFailure);
    expect(failure).not.toBeInstanceOf(ChannelGone);
  });

  it.each([
    [429, { 'retry-after': '120' }, { afterSeconds: 120, blamesDestination: false }],
    [503, { 'retry-after': '7' }, { afterSeconds: 7, blamesDestination: true }],
    [500, {}, { afterSeconds: undefined, blamesDestination: true }],
    [429, { 'retry-after': 'soon' }, { afterSeconds: undefined, blamesDestination: false }],
    [429, { 'retry-after': '999999999' }, { afterSeconds: 86_400, blamesDestination: false }],
  ])('are tried again after %i %j', async (status, headers, expected) => {
    const browser = service.subscribe(pair.publicKey);
    service.refuse(browser, { status, headers: headers as Record<string, string>, body: 'not now' });
    const failure = await failureOf(push(browser));
    expect(failure).toBeInstanceOf(RetryLater);
    expect(failure).toMatchObject(expected);
    await push(browser);
    expect(service.received(browser)).toHaveLength(1);
  });

  it('are not sent into the own network', async () => {
    const strict = loopbackClient([]);
    const browser = service.subscribe(pair.publicKey);
    const failure = await failureOf(driver(strict).send(settingsOf(browser), channelMessage(), never));
    await strict.onApplicationShutdown();
    expect(failure).toBeInstanceOf(PermanentFailure);
    expect(failure.message).toContain('private or reserved');
    expect(service.received(browser)).toEqual([]);
  });

  it('stop at keys that are none', async () => {
    const browser = service.subscribe(pair.publicKey);
    const settings = { ...settingsOf(browser), p256dh: Buffer.alloc(65, 4).toString('base64url') };
    const failure = await failureOf(driver().send(settings, channelMessage(), never));
    expect(failure).toBeInstanceOf(PermanentFailure);
  });
});
