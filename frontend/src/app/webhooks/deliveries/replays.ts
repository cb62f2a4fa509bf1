import { inject, Injectable, signal } from '@angular/core';
import {
  type Answer,
  type Body,
  historyOneReplay,
  historyReplay,
  historyStopReplay,
  Problem,
  problemOf,
  Requests,
} from '../../api';
import { CurrentWorkspace } from '../../session';

export type Replay = Answer<typeof historyOneReplay>;

/** The replay of the workspace: at most one runs at a time, and this window remembers the one that it knows of. */
@Injectable()
export class Replays {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  private readonly key = `signalbox.replay.${this.workspaceId}`;
  private readonly known = signal<Replay | undefined>(undefined);
  readonly last = this.known.asReadonly();

  constructor() {
    void this.look();
  }

  /** Begins one. Where another runs already that one is shown. @throws Problem */
  async begin(body: Body<typeof historyReplay>): Promise<void> {
    try {
      this.keep(await this.requests.ask(historyReplay, { workspaceId: this.workspaceId, ...(body && { body }) }));
    } catch (error) {
      const running = error instanceof Problem ? error.more['replayId'] : undefined;
      if (typeof running === 'string') await this.look(running);
      throw error;
    }
  }

  /** Asks how far it is. @returns whether it ended since */
  async look(replayId = this.known()?.id ?? sessionStorage.getItem(this.key)): Promise<boolean> {
    if (!replayId) return false;
    const before = this.known()?.state;
    const answer = await this.requests
      .ask(historyOneReplay, { workspaceId: this.workspaceId, replayId })
      .catch(problemOf);
    if (answer instanceof Problem) {
      if (answer.status === 404) this.forget();
      return false;
    }
    this.keep(answer);
    return before === 'running' && answer.state !== 'running';
  }

  /** Stops it. What it has queued is sent. @throws Problem */
  async stop(): Promise<void> {
    const replayId = this.known()?.id;
    if (!replayId) return;
    await this.requests.ask(historyStopReplay, { workspaceId: this.workspaceId, replayId });
    await this.look();
  }

  /** Shows it no more. */
  forget(): void {
    this.known.set(undefined);
    sessionStorage.removeItem(this.key);
  }

  private keep(replay: Replay): void {
    this.known.set(replay);
    sessionStorage.setItem(this.key, replay.id);
  }
}
