import { describe, expect, it } from '@jest/globals';
import { eventCatalogue } from '#contract/events/index.js';
import { tellable } from '#platform/filters/index.js';
import { exampleData, exampleEvent } from './examples.js';
import { payloadOf } from './payload.js';

const about = { id: 'e', workspaceId: 'w', subjectId: 's', occurredAt: new Date('2026-11-21T12:00:00Z') };

describe('examples', () => {
  it.each(tellable)('of %s are what the catalogue says', (type) => {
    expect(eventCatalogue[type].data.safeParse(exampleData(type))).toMatchObject({ success: true });
  });
});

describe('a body', () => {
  it('is that of Standard Webhooks, with kind and id of the actor and nothing else of theirs', () => {
    const actor = {
      kind: 'user' as const,
      id: 'u',
      userId: 'u',
      address: '192.0.2.1',
      sessionId: 'secret',
      requestId: 'r',
    };
    const body = payloadOf({ ...exampleEvent('deal.found', about), actor });
    expect(JSON.parse(body)).toEqual({
      type: 'deal.found',
      timestamp: '2026-11-21T12:00:00.000Z',
      data: {
        eventId: 'e',
        version: expect.any(Number),
        workspaceId: 'w',
        subject: { type: 'deal', id: 's' },
        actor: { kind: 'user', id: 'u' },
        fields: exampleData('deal.found'),
      },
    });
  });

  it('stays below 20 kB and says when it is cut', () => {
    const body = payloadOf({ ...exampleEvent('deal.found', about), data: { title: 'é'.repeat(10_000) } });
    expect(Buffer.byteLength(body)).toBeLessThan(20_000);
    expect(JSON.parse(body).data).toMatchObject({ eventId: 'e', truncated: true });
    expect(JSON.parse(body).data.fields).toBeUndefined();
  });
});
