import { ListFields } from './fields.js';

/** Sources: `source` as `s` with `source_state` as `st`. */
export const sourceFields = ListFields.of('sources')
  .text('name', { column: 's.name', description: 'What it is called.' })
  .word('kind', { column: 's.kind', description: 'What it is.', values: ['smtp', 'imap', 'feed', 'upload'] })
  .word('status', {
    column: `(case when s.paused then 'paused' when st.failing_since is not null then 'failing' else 'active' end)`,
    description: 'Whether it works.',
    synonyms: ['state'],
    values: ['active', 'paused', 'failing'],
  })
  .instant('failing', { column: 'st.failing_since', description: 'Since when it fails.' })
  .instant('success', { column: 'st.last_success_at', description: 'When it worked last.' })
  .instant('created', { column: 's.created_at', description: 'When it was added.' })
  .build();

/** Messages: `message` as `m`. */
export const messageFields = ListFields.of('messages')
  .word('state', { column: 'm.state', description: 'What became of it: received, parsed, no_deal, failed.' })
  .id('source', { column: 'm.source_id', description: 'Id of the source that brought it.' })
  .text('subject', { column: 'm.subject', description: 'Its subject.' })
  .text('sender', { column: 'm.sender', description: 'Who sent it.', synonyms: ['from'] })
  .count('deals', { column: 'm.deal_count', description: 'How many deals it offers.' })
  .count('size', { column: 'm.size', description: 'Bytes.' })
  .instant('received', { column: 'm.received_at', description: 'When it came.', synonyms: ['at'] })
  .instant('sent', { column: 'm.sent_at', description: 'When it says it was sent.' })
  .build();
