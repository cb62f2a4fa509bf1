import { FieldCatalogue, type KnownValue } from '#contract/filter/index.js';

const known = (...values: string[]): KnownValue[] => values.map((value) => ({ value }));

/** What the list of a subscription's matches may be filtered by: rows of `subscription_match` under the alias `m`. */
export const matchFields = new FieldCatalogue({
  target: 'matches',
  fields: [
    {
      name: 'state',
      type: 'keyword',
      title: 'State',
      description: 'What became of it.',
      at: { path: 'state', column: 'm.state' },
      values: known('told', 'waiting', 'held'),
      closed: true,
    },
    {
      name: 'why',
      type: 'keyword',
      title: 'Why',
      description: 'What it waits for, or why it was held back.',
      at: { path: 'why', column: 'm.why' },
      values: known(
        'digest',
        'snoozed',
        'quiet',
        'burst',
        'rule',
        'not_crossed',
        'not_improved',
        'cooldown',
        'ended',
        'hidden',
      ),
      closed: true,
    },
    {
      name: 'type',
      type: 'keyword',
      title: 'Event',
      description: 'What happened, such as deal.found.',
      at: { path: 'eventType', column: 'm.event_type' },
    },
    {
      name: 'about',
      type: 'keyword',
      title: 'Kind of subject',
      description: 'What sort of thing it is about.',
      at: { path: 'subjectType', column: 'm.subject_type' },
    },
    {
      name: 'at',
      type: 'instant',
      title: 'When',
      description: 'When it happened.',
      at: { path: 'occurredAt', column: 'm.occurred_at' },
    },
  ],
});
