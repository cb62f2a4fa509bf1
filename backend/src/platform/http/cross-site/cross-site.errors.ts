import { Forbidden } from '#platform/errors/index.js';

/** A page of another site made the browser send a request that belongs to pages of ours. */
export class ForeignOrigin extends Forbidden {
  static override code = 'foreign_origin';
  static override title = 'Sent from another site';

  constructor() {
    super(
      'The request comes from another site than this console and is not carried out. If it is the console, its address ' +
        'must be SIGNALBOX_PUBLIC_URL.',
    );
  }
}

/** A request whose authority is a cookie came without the token that only a page of ours can read. */
export class CsrfTokenRefused extends Forbidden {
  static override code = 'csrf_token_refused';
  static override title = 'The X-CSRF-Token is missing or wrong';

  constructor() {
    super('Send the csrfToken of this session, which came with the sign-in and stands in a cookie, as X-CSRF-Token.');
  }
}
