import { Forbidden } from '#platform/errors/index.js';
import type { Actor } from './actor.js';

/** The workspace asks its people for a second factor, which the person does not have. */
export class SecondFactorNeeded extends Forbidden {
  static override code = 'second_factor_needed';
  static override title = 'A second factor is needed';

  constructor(kind: Actor['kind'] = 'user') {
    super(
      kind === 'api_key'
        ? 'This workspace asks its people for a second factor, and the maker of this API key has none.'
        : 'This workspace asks its people for a second factor: set up an authenticator app or a passkey, and it opens at once.',
    );
  }
}
