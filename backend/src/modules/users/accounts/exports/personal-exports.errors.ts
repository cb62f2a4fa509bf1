import { Conflict, NotFound, TooManyRequests } from '#platform/errors/index.js';

/** There is no such export, it is somebody else's, or its time is over. */
export class ExportNotFound extends NotFound {
  constructor() {
    super('There is no such export of yours, or its time is over: ask for another one.');
  }
}

/** The export is not made yet, or could not be. */
export class ExportNotReady extends Conflict {
  static override code = 'export_not_ready';
  static override title = 'The export is not ready';

  constructor(state: 'pending' | 'failed') {
    super(
      state === 'pending'
        ? 'The export is being made: a mail tells you when it is ready.'
        : 'The export could not be made: ask for another one.',
    );
  }
}

/** So many exports were asked for lately that another one has to wait. */
export class TooManyExports extends TooManyRequests {
  static override code = 'too_many_exports';
  static override title = 'Too many exports';

  constructor() {
    super('You asked for several exports of your data today: one more can be made tomorrow.', {
      headers: { 'Retry-After': '86400' },
    });
  }
}
