import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { DealView } from './deals/deals.schemas.js';
import type { MessageView } from './messages/messages.schemas.js';
import type { SourceView } from './sources/sources.schemas.js';
import { dealMail, dealsKit, until, type DealsKit } from '#test/deals-kit.js';

jest.setTimeout(60_000);
let kit: DealsKit;
let source: SourceView;

beforeAll(async () => {
  kit = await dealsKit();
  source = await kit.source({ kind: 'smtp', name: 'Newsletters' });
});
afterAll(() => kit?.close());

const settled = (id: string) =>
  until(async () => {
    const message = await kit.call<MessageView>('GET', `messages/${id}`);
    return message.state !== 'received' && message;
  });
const idOf = (answer: string) => /Kept as ([0-9a-f-]{36})/.exec(answer)?.[1] ?? '';

describe('a deal mail over SMTP', () => {
  it('becomes a kept message, a deal, and one event of each', async () => {
    const answer = await kit.mail(source.address!, dealMail('New York to Lisbon from $321 round trip on TAP'));
    const message = await settled(idOf(answer));
    expect(message).toMatchObject({ state: 'parsed', dealCount: 1, sourceId: source.id });
    const deal = await kit.call<DealView>('GET', `deals/${message.deals[0]!.id}`);
    expect(deal).toMatchObject({
      priceMinor: 32_100,
      currency: 'USD',
      tripType: 'roundtrip',
      status: 'active',
      messageId: message.id,
    });
    expect(deal.sightings).toHaveLength(1);
    expect(deal.score).toMatchObject({
      percentile: null,
      needed: 8,
      note: expect.stringContaining('Not enough history'),
    });
    expect(deal.evidence['price']?.quote).toContain('321');
    expect((await kit.events({ subjectId: message.id })).map((e) => e.type)).toEqual([
      'message.received',
      'message.parsed',
    ]);
    const [found] = await kit.events({ subjectId: deal.id });
    expect(found).toMatchObject({
      type: 'deal.found',
      data: { priceMinor: 32_100, sourceId: source.id, status: 'active' },
    });
  });
});
