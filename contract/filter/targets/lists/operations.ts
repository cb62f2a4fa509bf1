import { ListFields } from './fields.js';

/** Jobs: rows of `job`. */
export const jobFields = ListFields.of('jobs')
  .word('state', {
    column: 'state',
    description: 'How far it is.',
    values: ['queued', 'running', 'done', 'parked', 'cancelled'],
  })
  .word('queue', { column: 'queue', description: 'The queue that it is in.' })
  .word('name', { column: 'name', description: 'What it does.' })
  .flag('held', { column: 'held', description: 'Whether it waits for an operator.' })
  .id('workspace', { column: 'workspace_id', description: 'Id of the workspace that it works for.' })
  .word('about', { column: 'subject_type', description: 'What sort of thing it is about.' })
  .word('subject', { column: 'subject_id', description: 'Id of the thing that it is about.' })
  .word('destination', { column: 'destination', description: 'What it talks to.' })
  .count('attempt', { column: 'attempt', description: 'Runs begun so far.', synonyms: ['attempts'] })
  .count('failures', { column: 'failures', description: 'Failed runs that count.' })
  .instant('created', { column: 'created_at', description: 'When it was made.' })
  .instant('finished', { column: 'finished_at', description: 'When it was over.' })
  .build();

/** Events that readers could not read: rows of `parked_event`. */
export const parkedEventFields = ListFields.of('parked events')
  .word('reader', { column: 'reader', description: 'Which reader could not read it.' })
  .word('state', { column: 'state', description: 'How it stands.', values: ['parked', 'held', 'discarded'] })
  .word('type', { column: 'type', description: 'What happened.', synonyms: ['event'] })
  .id('workspace', { column: 'workspace_id', description: 'Id of the workspace.' })
  .word('about', { column: 'subject_type', description: 'What sort of thing it is about.' })
  .id('subject', { column: 'subject_id', description: 'Id of the thing that it is about.' })
  .count('attempts', { column: 'attempts', description: 'How often it was tried.' })
  .instant('parked', { column: 'parked_at', description: 'When it was parked.' })
  .build();
