import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { eventCatalogue, type EventType } from '#contract/events/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import { tellable } from '#platform/filters/index.js';
import { exampleOf } from '#platform/http/index.js';
import { tellAnything } from './generic-kind.js';

const to = { locale: 'en-GB', timeZone: 'Asia/Shanghai', names: new Map([['u1', 'Ada']]) };

function event(type: EventType, data: unknown, actor: object = { kind: 'user', id: 'u1', userId: 'u1' }): LogEvent {
  return { type, data, actor, occurredAt: new Date('2027-01-31T20:00:00Z') } as unknown as LogEvent;
}

describe('what has no words of its own', () => {
  it('is told with what, who and when, in the language and time zone of the reader', () => {
    const created = event('source.created', { name: 'Newsletters' });
    expect(tellAnything(created, to)).toEqual({
      subject: 'A source was added: Newsletters',
      heading: 'A source was added',
      preheader: 'Newsletters',
      blocks: [
        {
          type: 'keyvalues',
          rows: [
            { key: 'What', value: 'Newsletters' },
            { key: 'Who', value: 'Ada' },
            { key: 'When', value: '1 Feb 2027, 04:00' },
          ],
        },
      ],
    });
    expect(tellAnything(created, { ...to, locale: 'zh-CN' }).subject).toBe('添加了一个来源：Newsletters');
  });

  it('knows the name after a change, and keeps it one line that a subject can carry', () => {
    const renamed = event('source.updated', {
      before: { name: 'Old' },
      after: { name: `New\r\nBcc: x ${'y'.repeat(200)}` },
    });
    const { subject } = tellAnything(renamed, to);
    expect(subject).toMatch(/^A source was changed, paused or resumed: New Bcc: x y+…$/);
    expect(subject.length).toBeLessThan(170);
  });

  it.each([
    [{ kind: 'system', id: null, userId: null }, 'Signalbox'],
    [{ kind: 'service_account', id: 'k', userId: null }, 'A service account'],
    [{ kind: 'user', id: 'gone', userId: 'gone' }, 'Somebody'],
  ])('names %j as %s', (actor, name) => {
    expect(JSON.stringify(tellAnything(event('source.deleted', {}, actor), to))).toContain(`"value":"${name}"`);
  });

  it.each(tellable)('tells of %s', (type) => {
    const schema = z.toJSONSchema(eventCatalogue[type].data, { unrepresentable: 'any' }) as Record<string, unknown>;
    const example = event(type, exampleOf(schema, {}));
    for (const locale of ['en', 'zh-CN']) {
      const told = tellAnything(example, { ...to, locale });
      expect(told.subject).not.toMatch(/^\s*$|undefined|[\r\n]/);
      expect(told.blocks).toHaveLength(1);
    }
  });
});
