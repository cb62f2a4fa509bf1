import { FieldCatalogue } from '../fields.js';
import { folded } from './folded.js';

/** Where a workspace's events are posted to: rows of table `webhook_endpoint` under the alias `p`, its lane under `l`. */
export const webhookEndpointFields = new FieldCatalogue({
  target: 'webhook endpoints',
  fields: [
    {
      name: 'state',
      type: 'keyword',
      title: 'State',
      description: 'Whether it is served.',
      at: { path: 'state', column: 'p.state' },
      values: [
        { value: 'enabled', title: 'On', synonyms: ['on'] },
        { value: 'disabled', title: 'Off', synonyms: ['off'] },
        { value: 'paused', title: 'Paused' },
      ],
      closed: true,
    },
    {
      name: 'host',
      type: 'keyword',
      title: 'Host',
      description: 'Where it posts to, such as hooks.example.com.',
      at: { path: 'host', column: `lower(substring(p.url from '^[a-z]+://([^/?#]+)'))` },
    },
    {
      name: 'description',
      type: 'text',
      title: 'Description',
      description: 'What somebody wrote about it.',
      synonyms: ['about'],
      at: { path: 'description', column: folded('p.description') },
    },
    {
      name: 'owner',
      type: 'keyword',
      title: 'Owner',
      description: 'Id of the person or service account whose rights decide what it is told of.',
      at: { path: 'ownerId', column: 'p.owner_id' },
      uuid: true,
    },
    {
      name: 'hook',
      type: 'boolean',
      title: 'REST hook',
      description: 'Whether another product subscribed it.',
      at: { path: 'hook', column: 'p.hook' },
    },
    {
      name: 'ordered',
      type: 'boolean',
      title: 'Ordered',
      description: 'Whether it is told one event at a time, in order.',
      at: { path: 'ordered', column: 'p.ordered' },
    },
    {
      name: 'failing',
      type: 'instant',
      title: 'Failing since',
      description: 'Since when every attempt has failed; missing when it answers.',
      at: { path: 'failingSince', column: 'l.failing_since' },
    },
    {
      name: 'at',
      type: 'instant',
      title: 'At',
      description: 'When it was made.',
      synonyms: ['created'],
      at: { path: 'createdAt', column: 'p.created_at' },
    },
  ],
});
