import { Conflict, NotFound, ValidationFailed } from '#platform/errors/index.js';

/** There is no such channel for the caller. */
export class NoSuchChannel extends NotFound {
  static override code = 'channel_not_found';
  constructor() {
    super('There is no such channel.');
  }
}

/** The caller has no such device. */
export class NoSuchDevice extends NotFound {
  static override code = 'device_not_found';
  constructor() {
    super('You have no such device.');
  }
}

/** Nothing may be sent to this address by this kind of channel. */
export class ChannelAddressRefused extends ValidationFailed {
  static override code = 'channel_address_refused';
  constructor(message: string, path = '/body/url') {
    super('This address cannot be used for the channel.', { errors: [{ path, message }] });
  }
}

/** The secret is none, or the channel has none. */
export class ChannelSecretRefused extends ValidationFailed {
  static override code = 'channel_secret_refused';
  constructor(message: string) {
    super('This secret cannot be used for the channel.', { errors: [{ path: '/body/secret', message }] });
  }
}

/** There are as many channels as there may be. */
export class TooManyChannels extends Conflict {
  static override code = 'too_many_channels';
  static override title = 'Too many channels';
  constructor(limit: number, what: string) {
    super(`There are ${limit} ${what}, which is the most: remove one first.`);
  }
}
