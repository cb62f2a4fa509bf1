import { NotFound, Unprocessable } from '#platform/http/index.js';

/** There is no such source in the workspace. */
export class SourceNotFound extends NotFound {
  static override code = 'source_not_found';
  static override title = 'No such source';
}

/** What is asked of the source does not go with its kind. */
export class WrongSourceKind extends Unprocessable {
  static override code = 'wrong_source_kind';
  static override title = 'Not for this kind of source';
}
