import { NotFound } from '#platform/errors/index.js';

/** There is no such event, or the caller may not see it. */
export class EventNotFound extends NotFound {
  static override code = 'event_not_found';
  static override title = 'No such event';
}
