import { NotFound } from '#platform/http/index.js';

/** There is no such deal in the workspace. */
export class DealNotFound extends NotFound {
  static override code = 'deal_not_found';
  static override title = 'No such deal';
}
