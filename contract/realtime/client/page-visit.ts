import type { Commands } from './commands.js';
import { guarded } from './listeners.js';

/** What somebody who looks at a page wants to hear of the others there. */
export interface PageListener {
  /** The ids of those who look at it now, oneself included: a hundred at most, and how many they are. */
  people(ids: readonly string[], count: number): void;
  /** Somebody writes; it is over after `forMs` unless it is said again. */
  typing?(userId: string, forMs: number): void;
}

/** A visit to a page that goes on over as many connections as it takes. */
export class PageVisit {
  private over = false;

  constructor(
    readonly page: { readonly workspaceId: string; readonly page: string },
    private readonly listener: PageListener,
    private readonly commands: Commands,
    private readonly gone: () => void,
  ) {}

  /** Says on a connection that somebody looks. Presence is a courtesy: whoever may not, or was cut off, sees nobody. */
  begin(): void {
    if (this.over) return;
    this.commands.tell('enter', this.page, (answer) => {
      if (answer.ok && !this.over) this.people(answer.people, answer.count);
    });
  }

  people(ids: readonly string[], count: number): void {
    guarded(() => this.listener.people(ids, count));
  }

  heardTyping(userId: string, forMs: number): void {
    guarded(() => this.listener.typing?.(userId, forMs));
  }

  /** Says that one writes; more than once a second is not passed on. */
  typing(): void {
    this.say('typing');
  }

  leave(): void {
    this.over = true;
    this.gone();
    this.say('leave');
  }

  private say(name: 'typing' | 'leave'): void {
    // Without a connection nobody looks, and nobody sees anybody write.
    this.commands.tell(name, this.page, () => undefined);
  }
}
