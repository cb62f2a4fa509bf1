/** An event that the log does not take: its data or one of its ids is not what the catalogue asks for. */
export class EventRefused extends Error {
  constructor(type: string, reason: string) {
    super(`The event "${type}" was refused: ${reason}`);
  }
}

/** An operator's request that does not fit the state of a reader or of the log. */
export class LogOperationRefused extends Error {}
