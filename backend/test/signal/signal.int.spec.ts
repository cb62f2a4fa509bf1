// The program's main job on real servers: mail comes in over SMTP and IMAP, and each of ten people with ten subscriptions
// each gets exactly the alerts they asked for.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { startDovecot, type Dovecot } from '../dovecot.js';
import { callApi, joinTeam } from './team.js';
import { World } from './world.js';

/** What a mail of the table says. */
interface Offer {
  from: { code: string; name: string; country: string };
  to: { code: string; name: string; country: string };
  price: number;
  trip: 'roundtrip' | 'oneway';
  nonstop: boolean;
}

const BOS = { code: 'BOS', name: 'Boston', country: 'US' };
const NYC = { code: 'NYC', name: 'New York', country: 'US' };
const CHI = { code: 'CHI', name: 'Chicago', country: 'US' };
const LIS = { code: 'LIS', name: 'Lisbon, Portugal', country: 'PT' };
const ROM = { code: 'ROM', name: 'Rome, Italy', country: 'IT' };
const TYO = { code: 'TYO', name: 'Tokyo, Japan', country: 'JP' };

const OFFERS: Offer[] = [BOS, NYC, CHI].flatMap((from, i) =>
  [LIS, ROM, TYO].flatMap((to, j) =>
    [0, 1].map((k): Offer => ({
      from,
      to,
      price: 190 + 120 * i + 170 * j + 35 * k,
      trip: k === 0 ? 'roundtrip' : 'oneway',
      nonstop: (i + j + k) % 2 === 0,
    })),
  ),
);

/** Ten filters for the person of that number, each with what it means in plain code. */
function wishes(n: number): [filter: string, wanted: (offer: Offer) => boolean][] {
  const limit = 200 + n * 60;
  return [
    ['origin:BOS', (o) => o.from === BOS],
    [`price<=${limit}`, (o) => o.price <= limit],
    [`price:${limit}..${limit + 100}USD`, (o) => o.price >= limit && o.price <= limit + 100],
    ['destination:country:PT', (o) => o.to === LIS],
    ['destination:region:europe', (o) => o.to !== TYO],
    [`(origin:NYC or origin:CHI) price<${limit}`, (o) => o.from !== BOS && o.price < limit],
    ['nonstop:true trip:oneway', (o) => o.nonstop && o.trip === 'oneway'],
    ['-destination:country:JP -origin:NYC', (o) => o.to !== TYO && o.from !== NYC],
    [`tokyo price>${limit}`, (o) => o.to === TYO && o.price > limit],
    ['origin:LON', () => false],
  ];
}

function mailOf(offer: Offer, number: number): string {
  const { from, to, price, trip, nonstop } = offer;
  const kind = `${nonstop ? 'non-stop ' : ''}flights from ${from.name} to ${to.name} for only $${price} USD ${trip === 'oneway' ? 'one-way' : 'roundtrip'}`;
  return [
    'From: Deals <deals@example.com>',
    'To: somebody@example.com',
    `Message-ID: <offer-${number}@example.com>`,
    'Date: Sat, 21 Nov 2026 09:00:00 +0000',
    `Subject: Cheap ${kind}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    `Cheap ${kind}.`,
    '',
  ].join('\r\n');
}

let world: World;
let dovecot: Dovecot;

beforeAll(async () => {
  [world, dovecot] = await Promise.all([World.create([]), startDovecot()]);
}, 90_000);

afterAll(async () => {
  await Promise.all([world.dispose(), dovecot.dispose()]);
}, 60_000);

async function linkIn(email: string): Promise<string> {
  for (;;) {
    const mail = world.sink.mails.find((m) => m.to === email && m.text.includes('#token='));
    if (mail) return /#token=([\w-]+)/.exec(mail.text)?.[1] ?? '';
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it('tells ten people with a hundred subscriptions exactly what they asked for', async () => {
  const people = [{ email: 'owner@example.com', token: world.team.token }];
  for (let n = 1; n < 10; n++) {
    const email = `person${n}@example.com`;
    people.push({ email, token: await joinTeam(world.app.url, world.team, email, linkIn) });
  }
  const path = `/workspaces/${world.team.workspaceId}/subscriptions`;
  for (const [n, { token }] of people.entries())
    for (const [filter] of wishes(n)) await callApi(world.app.url, token, 'POST', path, { name: filter, filter });

  await world.team.call('POST', '/sources', {
    kind: 'imap',
    name: 'Mailbox',
    settings: { host: dovecot.host, port: dovecot.port, security: 'none', user: 'deals' },
    credentials: { password: dovecot.password('deals') },
  });
  const smtp = createTransport({ host: '127.0.0.1', port: world.app.smtpPort, secure: false, ignoreTLS: true });
  for (const [n, offer] of OFFERS.entries()) {
    const raw = mailOf(offer, n);
    if (n % 2 === 0) dovecot.deliver('deals', raw);
    else await smtp.sendMail({ envelope: { from: 'deals@example.com', to: world.address }, raw });
  }
  smtp.close();

  const expected = people.flatMap(({ email }, n) =>
    wishes(n).flatMap(([filter, wanted]) =>
      OFFERS.filter(wanted).map(
        ({ from, to, price }) => `${email}: ${filter}: ${from.name} → ${to.name.split(',')[0]} $${price}`,
      ),
    ),
  );
  const alerts = () =>
    world.sink.mails
      .filter(({ headers }) => headers.has('list'))
      .map(
        ({ to, subject, text }) =>
          `${to}: ${/subscription “([^”]*)” (?:matched|asks)/.exec(text)?.[1]?.replaceAll(/\s+/g, ' ')}: ${subject}`,
      );
  for (const until = Date.now() + 90_000; alerts().length < expected.length && Date.now() < until;)
    await new Promise((resolve) => setTimeout(resolve, 100));
  // A moment longer: one alert too many would come now.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(alerts().sort()).toEqual(expected.sort());
  expect(new Set(world.sink.mails.map((m) => m.messageId)).size).toBe(world.sink.mails.length);

  const one = world.sink.mails.find((m) => m.headers.has('list'));
  expect(one?.html).toContain('Unsubscribe');
  expect(one?.headers.get('list')).toMatchObject({
    unsubscribe: { url: expect.stringContaining('/unsubscriptions/') },
  });
}, 240_000);
