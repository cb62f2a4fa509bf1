import { FieldCatalogue } from '../fields.js';
import { folded } from './folded.js';

/** Addresses that take webhooks from outside: rows of table `incoming_webhook` under the alias `i`. */
export const incomingWebhookFields = new FieldCatalogue({
  target: 'incoming webhooks',
  fields: [
    {
      name: 'name',
      type: 'text',
      title: 'Name',
      description: 'What it is called.',
      at: { path: 'name', column: folded('i.name') },
    },
    {
      name: 'scheme',
      type: 'keyword',
      title: 'Scheme',
      description: 'How the sender proves itself.',
      at: { path: 'scheme', column: 'i.scheme' },
      values: [
        { value: 'standard', title: 'Standard Webhooks' },
        { value: 'github', title: 'GitHub' },
        { value: 'secret', title: 'Secret in a header' },
      ],
      closed: true,
    },
    {
      name: 'enabled',
      type: 'boolean',
      title: 'On',
      description: 'Whether it takes anything.',
      synonyms: ['on'],
      at: { path: 'enabled', column: 'i.enabled' },
    },
    {
      name: 'received',
      type: 'number',
      title: 'Received',
      description: 'How many it took.',
      at: { path: 'received', column: 'i.received' },
      precision: 'integer',
    },
    {
      name: 'refused',
      type: 'number',
      title: 'Refused',
      description: 'How many were not signed by who may send.',
      at: { path: 'refused', column: 'i.refused' },
      precision: 'integer',
    },
    {
      name: 'last',
      type: 'instant',
      title: 'Last received',
      description: 'When it last took one; missing when it never did.',
      at: { path: 'lastReceivedAt', column: 'i.last_received_at' },
    },
    {
      name: 'at',
      type: 'instant',
      title: 'At',
      description: 'When it was made.',
      synonyms: ['created'],
      at: { path: 'createdAt', column: 'i.created_at' },
    },
  ],
});
