import { FieldCatalogue, type Field } from '../fields.js';
import { changeNames } from './changes.js';
import { eventFields } from './event.js';

/** What everybody may ask about whom and what; addresses, sessions and keys are for the audit trail. */
const ASKED = ['type', 'actor', 'by', 'subject', 'about', 'at', 'scope', ...changeNames];

/** Events of any room, as members are told of them: rows of table `event` under the alias `e`. */
export const activityFields = new FieldCatalogue({
  target: 'activity',
  before: 'before',
  remembered: changeNames,
  fields: ASKED.map((name) => eventFields.find(name)).filter((field): field is Field => field !== undefined),
});
