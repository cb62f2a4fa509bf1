import type { SocketProblem } from '#contract/realtime/index.js';
import { Conflict, Forbidden, TooManyRequests, Unavailable } from '#platform/errors/index.js';

/** The person or the address has as many sockets as it may. */
export class TooManySockets extends TooManyRequests {
  static override code = 'too_many_sockets';
  static override title = 'Too many sockets';

  constructor(whose: 'account' | 'address', limit: number) {
    super(`This ${whose} has ${limit} sockets open already: close one of them.`);
  }
}

/** The socket watches as much as it may. */
export class TooManyWatches extends TooManyRequests {
  static override code = 'too_many_watches';
  static override title = 'Too many watches';

  constructor(limit: number) {
    super(`This socket has ${limit} watches already: end one of them.`);
  }
}

/** The socket looks at as many pages as it may. */
export class TooManyPages extends TooManyRequests {
  static override code = 'too_many_pages';
  static override title = 'Too many pages';

  constructor(limit: number) {
    super(`This socket looks at ${limit} pages already: leave one of them.`);
  }
}

/** Who does not look at a page writes nothing on it. */
export class NotOnPage extends Conflict {
  static override code = 'not_on_page';
  static override title = 'Not on the page';

  constructor() {
    super('Enter the page before you say that you write on it.');
  }
}

/** A connection carries one socket. */
export class AlreadyConnected extends Conflict {
  static override code = 'already_connected';
  static override title = 'Already connected';

  constructor() {
    super('This connection has shown its credentials already.');
  }
}

/** The token is good, and is another session's. */
export class OtherSession extends Forbidden {
  static override code = 'other_session';
  static override title = 'Another session';

  constructor() {
    super('This access token is of another session than the socket: open another socket with it.');
  }
}

/** The process serves no sockets, by its settings or because it ends. */
export class NoSockets extends Unavailable {
  static override code = 'no_sockets';
  static override title = 'No sockets here';

  constructor() {
    super('This process takes no sockets: connect again.');
  }
}

/** Why the server ends a socket. */
export const ENDINGS = {
  over: { code: 'credentials_over', detail: 'The session is over or the API key no longer works: sign in again.' },
  expired: { code: 'token_expired', detail: 'The access token ran out before another was sent: renew it and connect.' },
  moved: { code: 'address_not_allowed', detail: 'This API key can no longer be used from your address.' },
  flood: {
    code: 'too_many_messages',
    detail: 'More messages came than one socket may send: connect again, and slower.',
  },
  slow: {
    code: 'too_slow',
    detail: 'Answers were not read for too long while more was asked: connect again, and read.',
  },
  malformed: { code: 'malformed_packet', detail: 'What arrived is not a packet of the Socket.IO protocol.' },
  closing: { code: 'server_closing', detail: 'This process is being ended: connect again.' },
} as const satisfies Record<string, SocketProblem>;
