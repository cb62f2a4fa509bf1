import { DomainError } from '#platform/errors/index.js';

/** HEAD of a route that is only for GET. */
export class OnlyGet extends DomainError {
  static override code = 'method_not_allowed';
  static override status = 405;
  static override title = 'Method not allowed';

  constructor() {
    super('HEAD is not possible here, because reading this is an act of its own; GET is.', {
      headers: { Allow: 'GET' },
    });
  }
}
