/** The mail cannot be read, today or tomorrow; the message is a sentence for people. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';

  /** @param reason what the thread said */
  constructor(reason: string, options?: ErrorOptions) {
    super(`The message cannot be read: ${reason}`, options);
  }
}
