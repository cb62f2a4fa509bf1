import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { DealsConfig } from '../deals.config.js';
import { FeedReader, feedWords } from './feed/feed-reader.js';
import { imapWords } from './imap/imap-words.js';
import { MailboxWatch } from './imap/mailbox-watch.js';
import { SourceHealth } from './source-health.js';
import { SourceLeases, Superseded, type HeldSource } from './source-leases.js';

interface Run {
  source: HeldSource;
  stop: AbortController;
  ended: Promise<void>;
}

/** How often a free or due source is looked for, in milliseconds. */
const LOOK_EVERY_MS = 2_000;

/**
 * Works on the mailboxes and feeds that this process holds. Everything that must outlive it (leases, cursors, pauses) is in the
 * database; here are only the loops.
 */
@Injectable()
export class SourceRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('sources');
  private readonly runs = new Map<string, Run>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(
    private readonly leases: SourceLeases,
    private readonly mailboxes: MailboxWatch,
    private readonly feeds: FeedReader,
    private readonly health: SourceHealth,
    private readonly instance: InstanceConfig,
    @Inject(DealsConfig) private readonly config: DealsConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.instance.plays('workers')) return;
    const every = Math.min(LOOK_EVERY_MS, (this.config.leaseSeconds * 1000) / 4);
    this.timer = setInterval(() => this.poke(), every);
    this.poke();
  }

  /** Looks now rather than at the next interval: a source was made, changed, paused or resumed here. */
  poke(): void {
    if (this.stopped || !this.timer) return;
    if (this.looking) {
      this.again = true;
      return;
    }
    this.looking = this.look()
      .catch((error: unknown) => this.log.warn(`Sources could not be looked after: ${(error as Error).message}`))
      .finally(() => {
        this.looking = undefined;
        if (this.again) {
          this.again = false;
          this.poke();
        }
      });
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.looking;
    await this.halt([...this.runs.keys()]);
  }

  /** Renews what runs, stops what is no longer ours, starts what is free and due. */
  private async look(): Promise<void> {
    const held = new Map((await this.leases.renew([...this.runs.keys()])).map((source) => [source.id, source]));
    const lost = [...this.runs.values()].filter((run) => !same(run.source, held.get(run.source.id)));
    await this.halt(lost.map((run) => run.source.id));
    if (this.stopped) return;
    for (const source of await this.leases.claim(['imap', 'feed'])) if (!this.runs.has(source.id)) this.start(source);
  }

  private start(source: HeldSource): void {
    const stop = new AbortController();
    const ended = this.work(source, stop.signal).finally(() => {
      this.runs.delete(source.id);
      if (!stop.signal.aborted) return this.release([source.id]);
    });
    this.runs.set(source.id, { source, stop, ended });
  }

  private async work(source: HeldSource, signal: AbortSignal): Promise<void> {
    try {
      await (source.kind === 'imap' ? this.mailboxes.follow(source, signal) : this.feeds.poll(source, signal));
    } catch (error) {
      if (signal.aborted || error instanceof Superseded) return;
      const { sentence, seconds } =
        source.kind === 'imap' ? { sentence: imapWords(error), seconds: 0 } : feedWords(error);
      await this.health
        .failed(source, sentence, seconds)
        .catch((fault: unknown) =>
          this.log.warn(`A failure could not be noted (${sentence}): ${(fault as Error).message}`),
        );
    }
  }

  private async halt(ids: string[]): Promise<void> {
    const halted = ids.map((id) => this.runs.get(id)).filter((run) => run !== undefined);
    for (const run of halted) run.stop.abort();
    await Promise.all(halted.map((run) => run.ended));
    await this.release(ids);
  }

  private async release(ids: string[]): Promise<void> {
    await this.leases
      .release(ids)
      .catch((error: unknown) => this.log.warn(`Leases could not be given back: ${(error as Error).message}`));
  }
}

/** True while a run works with what the source is now. A renewed token is another credential of the same generation. */
function same(running: HeldSource, now: HeldSource | undefined): boolean {
  return now?.generation === running.generation && now.credentials === running.credentials;
}
