import { FieldCatalogue } from '../fields.js';
import { changeFields, changeNames } from './changes.js';

/**
 * Events of the log: rows of table `event` under the alias `e`. Each expression is one that an index is made on, word for word;
 * the ids of who acted stand in JSON, as text.
 */
export const eventFields = new FieldCatalogue({
  target: 'events',
  before: 'before',
  remembered: changeNames,
  fields: [
    {
      name: 'type',
      type: 'keyword',
      title: 'Event',
      description: 'What happened, such as session.started; session.* is everything about sessions.',
      synonyms: ['event'],
      at: { path: 'type', column: 'e.type' },
    },
    {
      name: 'actor',
      type: 'user',
      title: 'Who',
      description: 'The person who acted, by themselves or through an API key of theirs.',
      synonyms: ['who', 'user'],
      at: { path: 'actor.userId', column: `(e.actor->>'userId')` },
      asText: true,
    },
    {
      name: 'by',
      type: 'keyword',
      title: 'Kind of actor',
      description: 'A person, an API key of theirs, a service account by one of its keys, or the instance by itself.',
      at: { path: 'actor.kind', column: `(e.actor->>'kind')` },
      values: [
        { value: 'user', title: 'A person', synonyms: ['person'] },
        { value: 'api_key', title: 'An API key', synonyms: ['api-key', 'key'] },
        { value: 'service_account', title: 'A service account', synonyms: ['service-account', 'machine'] },
        { value: 'system', title: 'The instance' },
      ],
    },
    {
      name: 'session',
      type: 'keyword',
      title: 'Session',
      description: 'Id of the session that the request came through.',
      at: { path: 'actor.sessionId', column: `(e.actor->>'sessionId')` },
      uuid: true,
      asText: true,
    },
    {
      name: 'key',
      type: 'keyword',
      title: 'API key',
      description: 'Id of the API key that the request came through.',
      synonyms: ['api-key', 'api_key'],
      at: {
        path: 'actor.keyId',
        column: `(case when e.actor->>'kind' in ('api_key', 'service_account') then e.actor->>'id' end)`,
      },
      uuid: true,
      asText: true,
    },
    {
      name: 'account',
      type: 'keyword',
      title: 'Service account',
      description: 'Id of the service account that acted.',
      synonyms: ['service-account', 'service_account'],
      at: { path: 'actor.serviceAccountId', column: `(e.actor->>'serviceAccountId')` },
      uuid: true,
      asText: true,
    },
    {
      name: 'subject',
      type: 'keyword',
      title: 'Subject',
      description: 'Id of the thing that the event is about.',
      at: { path: 'subjectId', column: 'e.subject_id' },
      uuid: true,
    },
    {
      name: 'about',
      type: 'keyword',
      title: 'Kind of subject',
      description: 'What sort of thing the event is about: deal, source, user, workspace.',
      at: { path: 'subjectType', column: 'e.subject_type' },
    },
    {
      name: 'address',
      type: 'keyword',
      title: 'Address',
      description: 'The network address of the client, whole or its beginning; quote one that has a colon.',
      synonyms: ['ip', 'from'],
      at: { path: 'actor.address', column: 'e.address' },
    },
    {
      name: 'at',
      type: 'instant',
      title: 'When',
      description: 'When it happened.',
      synonyms: ['when', 'time'],
      at: { path: 'occurredAt', column: 'e.occurred_at' },
    },
    {
      name: 'scope',
      type: 'keyword',
      title: 'Scope',
      description: 'Whether it concerns the whole workspace, one project or one person.',
      at: { path: 'scope.kind', column: 'e.scope_kind' },
      values: [
        { value: 'workspace', title: 'The workspace' },
        { value: 'project', title: 'One project' },
        { value: 'user', title: 'One person' },
      ],
      closed: true,
    },
    ...changeFields,
  ],
});
