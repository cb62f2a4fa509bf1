import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { HttpClient } from '#platform/http-client/index.js';
import { PermanentFailure, RetryLater } from '#platform/jobs/index.js';
import type { MailBlock } from '#platform/mail/index.js';
import { channelMessage, loopbackClient } from '#test/channel-messages.js';
import { FakeChat } from '#test/chats.js';
import { ChannelDrivers, type ChannelMessage } from './channel.js';
import { ChannelGone } from './channel-gone.js';
import { DiscordDriver } from './discord/discord.driver.js';
import { Post } from './post.js';
import { SlackDriver } from './slack/slack.driver.js';

const never = new AbortController().signal;
let http: HttpClient;
let slack: FakeChat;
let discord: FakeChat;

beforeAll(async () => {
  http = loopbackClient();
  [slack, discord] = await Promise.all([FakeChat.slack(), FakeChat.discord()]);
});
afterAll(async () => {
  await http.onApplicationShutdown();
  await Promise.all([slack.stop(), discord.stop()]);
});

const toSlack = (message: ChannelMessage) =>
  new SlackDriver(new Post(http), new ChannelDrivers()).send(
    { url: `${slack.origin}/services/T0/B0/secret` },
    message,
    never,
  );
const toDiscord = (message: ChannelMessage) =>
  new DiscordDriver(new Post(http), new ChannelDrivers()).send(
    { url: `${discord.origin}/api/webhooks/7/secret-token` },
    message,
    never,
  );
const failureOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('It was taken.'),
    (error: Error) => error,
  );
const said = (text: string) =>
  channelMessage({ subject: text, notification: { heading: text, blocks: [{ type: 'text', text }] } });

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 4000 }),
  fc.string({ unit: 'binary', maxLength: 4000 }),
  fc.constantFrom('', ' ', '&'.repeat(5000), '*'.repeat(5000), '\ud800'),
);
const rows = fc.array(fc.record({ key: text, value: text }), { maxLength: 30 });
const block: fc.Arbitrary<MailBlock> = fc.oneof(
  text.map((t): MailBlock => ({ type: 'text', text: t })),
  fc.record({ label: text, url: fc.oneof(fc.webUrl(), text) }).map((b): MailBlock => ({ type: 'button', ...b })),
  rows.map((r): MailBlock => ({ type: 'keyvalues', rows: r })),
  fc.record({ title: text, note: text, rows }).map((c): MailBlock => ({ type: 'card', ...c })),
  fc.array(text, { maxLength: 30 }).map((all): MailBlock => ({ type: 'list', items: all.map((t) => ({ text: t })) })),
  fc.constant<MailBlock>({ type: 'divider' }),
);
const anything = fc
  .record({ heading: text, blocks: fc.array(block, { maxLength: 40 }), subject: text, name: text })
  .map(({ heading, blocks, subject, name }) =>
    channelMessage({
      subject: subject || 'A subject',
      notification: { heading, blocks },
      reason: { name, filter: null, unsubscribeUrl: null },
    }),
  );

describe.each([
  ['Slack', () => slack, toSlack],
  ['Discord', () => discord, toDiscord],
] as const)('messages to %s', (who, chat, send) => {
  it('keep every limit, whatever they say', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (message) => {
        await send(message);
      }),
      { numRuns: 60 },
    );
  });

  it.each([404, 410])('end the channel that %i says is gone', async (status) => {
    chat().refuse({ status, body: 'channel_is_archived' });
    const failure = await failureOf(send(channelMessage()));
    expect(failure).toBeInstanceOf(ChannelGone);
    expect(failure.message).toContain(who);
  });

  it.each([400, 403, 307])('stop at %i, and the channel stays', async (status) => {
    chat().refuse({ status, headers: { location: 'https://example.com/' }, body: 'no' });
    const failure = await failureOf(send(channelMessage()));
    expect(failure).toBeInstanceOf(PermanentFailure);
    expect(failure).not.toBeInstanceOf(ChannelGone);
  });

  it('are tried again when the chat asks for patience or is broken', async () => {
    chat().refuse({ status: 429, headers: { 'retry-after': '30' } }, { status: 502, body: '<html>bad gateway</html>' });
    expect(await failureOf(send(channelMessage()))).toMatchObject({ afterSeconds: 30, blamesDestination: false });
    const broken = await failureOf(send(channelMessage()));
    expect(broken).toBeInstanceOf(RetryLater);
    expect(broken).toMatchObject({ afterSeconds: undefined, blamesDestination: true });
    expect(broken.message).toContain('502');
  });
});

describe('messages to Slack', () => {
  it('say the heading, the text, the facts and where to go', async () => {
    expect(await toSlack(channelMessage())).toEqual({ response: '200 ok' });
    const { text: fallback, blocks } = slack.taken.at(-1) as { text: string; blocks: Record<string, unknown>[] };
    expect(fallback).toBe('Found: New York to Lisbon for 312 USD');
    expect(blocks.map(({ type }) => type)).toEqual([
      'header',
      'section',
      'section',
      'actions',
      'actions',
      'context',
      'actions',
    ]);
    expect(JSON.stringify(blocks)).toContain('From\\nNew York (NYC)');
  });

  it('mention nobody and format nothing that others have written', async () => {
    await toSlack(said('<!channel> <@U123> <https://evil.example|Slack> *bold* & more'));
    const sent = JSON.stringify(slack.taken.at(-1));
    expect(sent).not.toMatch(/[<>]/);
    expect(sent).toContain('&lt;!channel&gt; &lt;@U123&gt;');
    expect(sent).not.toContain('"type":"mrkdwn"');
  });
});

describe('messages to Discord', () => {
  it('say the heading, the text and the facts', async () => {
    expect(await toDiscord(channelMessage())).toEqual({ response: '200' });
    expect(discord.taken.at(-1)).toMatchObject({
      allowed_mentions: { parse: [] },
      embeds: [
        {
          title: 'New York to Lisbon for 312 USD',
          url: 'https://signalbox.example.com/inbox/1',
          fields: [{ name: 'From', value: 'New York \\(NYC\\)' }],
        },
      ],
    });
  });

  it('mention nobody and format nothing that others have written', async () => {
    await toDiscord(said('@everyone <@&7> [Login](https://evil.example) **bold** `code`'));
    const { embeds } = discord.taken.at(-1) as { embeds: { description: string }[] };
    expect(embeds[0]!.description).toBe(
      '@\u200beveryone \\<@\u200b&7\\> \\[Login\\]\\(https\\://evil.example\\) \\*\\*bold\\*\\* \\`code\\`',
    );
    expect(discord.taken.at(-1)).not.toHaveProperty('content');
  });

  it('wait for as long as the body says', async () => {
    const body = JSON.stringify({ message: 'You are being rate limited.', retry_after: 64.57, global: false });
    discord.refuse({ status: 429, headers: { 'retry-after': '1' }, body });
    expect(await failureOf(toDiscord(channelMessage()))).toMatchObject({ afterSeconds: 65 });
  });

  it('end with an invalid token, not with any refused sign-in', async () => {
    discord.refuse(
      { status: 401, body: '{"message":"Invalid Webhook Token","code":50027}' },
      { status: 401, body: 'x' },
    );
    expect(await failureOf(toDiscord(channelMessage()))).toBeInstanceOf(ChannelGone);
    expect(await failureOf(toDiscord(channelMessage()))).not.toBeInstanceOf(ChannelGone);
  });
});
