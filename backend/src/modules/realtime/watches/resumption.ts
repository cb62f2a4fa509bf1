import { Injectable } from '@nestjs/common';
import type { ResetReason } from '#contract/realtime/index.js';
import { Reads } from '#platform/database/index.js';
import { ValidationFailed } from '#platform/errors/index.js';
import { LogTail } from '#platform/event-log/index.js';
import { RealtimeConfig } from '../realtime.config.js';
import { Feed } from './feed.js';

/** Where a watch begins. */
export interface Beginning {
  at: number;
  epoch: string;
  /** Why not where it was asked to. */
  reset: ResetReason | null;
}

// Everything up to here was pruned.
const PRUNED = 'select position from log_checkpoint';

/** Says from where on a client can go on, or that it has to begin anew. */
@Injectable()
export class Resumption {
  constructor(
    private readonly feed: Feed,
    private readonly tail: LogTail,
    private readonly reads: Reads,
    private readonly config: RealtimeConfig,
  ) {}

  /** @param asked the last position that the client knows, and the epoch that it is of; neither for what comes from now on */
  async from({ after, epoch: of }: { after?: number | undefined; epoch?: string | undefined }): Promise<Beginning> {
    const { position: now, epoch } = await this.feed.stands();
    const anew = (reset: ResetReason | null): Beginning => ({ at: this.feed.position, epoch, reset });
    if (after === undefined && of === undefined) return anew(null);
    if (after === undefined || of === undefined)
      throw new ValidationFailed('after: a position needs the epoch that it is of, and an epoch a position.');
    if (of !== epoch) return anew('epoch');
    // Another process may have been a little ahead of this one; nobody is ahead of the log.
    if (after > now && after > (await this.tail.head()).position) return anew('epoch');
    if (now - after > this.config.replay) return anew('too_far');
    if (after < now && (await this.pruned(after))) return anew('pruned');
    return { at: after, epoch, reset: null };
  }

  private async pruned(after: number): Promise<boolean> {
    const last = await this.reads.one<{ position: string }>('realtime.pruned', PRUNED, []);
    return last !== undefined && Number(last.position) > after;
  }
}
