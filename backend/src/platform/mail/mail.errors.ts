/** The server refused the mail for good (5xx): repeating is useless. */
export class MailRejected extends Error {
  override readonly name = 'MailRejected';
  /** @param response the server's own words */
  constructor(
    message: string,
    readonly response: string,
    readonly responseCode?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The mail was not taken for now: the server says so (4xx), or cannot be reached. */
export class MailDeferred extends Error {
  override readonly name = 'MailDeferred';
  /**
   * @param response the server's own words, or what went wrong on the way to it
   * @param serverFault true when the server as a whole is at fault, not this recipient
   */
  constructor(
    message: string,
    readonly response: string,
    readonly serverFault: boolean,
    readonly responseCode?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An address, a subject or a header that no mail may carry, such as one with a line break. */
export class MailInvalid extends Error {
  override readonly name = 'MailInvalid';
}
