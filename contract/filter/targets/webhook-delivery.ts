import { FieldCatalogue } from '../fields.js';

/** What was sent to webhook endpoints: rows of table `webhook_delivery` under the alias `d`. */
export const webhookDeliveryFields = new FieldCatalogue({
  target: 'webhook deliveries',
  fields: [
    {
      name: 'type',
      type: 'keyword',
      title: 'Event',
      description: 'The type of the event, such as deal.found; deal.* is everything about deals.',
      synonyms: ['event'],
      at: { path: 'type', column: 'd.event_type' },
    },
    {
      name: 'state',
      type: 'keyword',
      title: 'State',
      description: 'Whether it waits, arrived, or was given up.',
      at: { path: 'state', column: 'd.state' },
      values: [
        { value: 'queued', title: 'Waits', synonyms: ['waiting', 'pending'] },
        { value: 'delivered', title: 'Arrived', synonyms: ['sent', 'ok'] },
        { value: 'failed', title: 'Given up' },
      ],
      closed: true,
    },
    {
      name: 'endpoint',
      type: 'keyword',
      title: 'Endpoint',
      description: 'Id of the endpoint that it is for.',
      at: { path: 'endpointId', column: 'd.endpoint_id' },
      uuid: true,
    },
    {
      name: 'subject',
      type: 'keyword',
      title: 'Subject',
      description: 'Id of what the event is about, such as a deal.',
      at: { path: 'subjectId', column: 'd.subject_id' },
    },
    {
      name: 'status',
      type: 'number',
      title: 'Status',
      description: 'The HTTP status of the last answer; missing when there was none.',
      at: { path: 'status', column: 'd.status' },
      precision: 'integer',
    },
    {
      name: 'attempts',
      type: 'number',
      title: 'Attempts',
      description: 'How often it was sent.',
      at: { path: 'attempts', column: 'd.attempts' },
      precision: 'integer',
    },
    {
      name: 'duration',
      type: 'number',
      title: 'Duration',
      description: 'Milliseconds until the last answer.',
      at: { path: 'durationMs', column: 'd.duration_ms' },
      precision: 'integer',
    },
    {
      name: 'test',
      type: 'boolean',
      title: 'Test',
      description: 'Whether it was an example that somebody sent.',
      at: { path: 'test', column: 'd.test' },
    },
    {
      name: 'at',
      type: 'instant',
      title: 'At',
      description: 'When it was made.',
      synonyms: ['created'],
      at: { path: 'createdAt', column: 'd.created_at' },
    },
  ],
});
