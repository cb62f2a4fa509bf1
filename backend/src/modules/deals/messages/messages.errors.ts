import { Conflict, NotFound, PayloadTooLarge, Unavailable, Unprocessable } from '#platform/http/index.js';

/** There is no such message in the workspace. */
export class MessageNotFound extends NotFound {
  static override code = 'message_not_found';
  static override title = 'No such message';
}

/** The message has more bytes than are taken in. */
export class MessageTooLarge extends PayloadTooLarge {
  static override code = 'message_too_large';
  static override title = 'Message is too large';
}

/** The message cannot be read: hostile, broken beyond repair, or too slow to read. */
export class MessageUnreadable extends Unprocessable {
  static override code = 'message_unreadable';
  static override title = 'Message cannot be read';
}

/** Too many messages are being opened at once; this one may be asked for again in a moment. */
export class MessagesBusy extends Unavailable {
  static override code = 'messages_busy';
  static override title = 'Too many messages are being opened';
}

/** The source takes no uploads. */
export class NotAnUploadSource extends Conflict {
  static override code = 'source_takes_no_uploads';
  static override title = 'Source takes no uploads';
}

/** Some messages of an upload were kept when it broke off; the problem says how many. */
export class UploadInterrupted extends Unavailable {
  static override code = 'upload_interrupted';
  static override title = 'Upload broke off';
}
