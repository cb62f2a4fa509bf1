import { PermanentFailure } from '#platform/jobs/index.js';

/** The other side says that what the channel leads to is no more: the channel itself ends, see `ChannelEndings`. */
export class ChannelGone extends PermanentFailure {
  constructor(reason: string) {
    super(reason, { answered: true });
  }
}
