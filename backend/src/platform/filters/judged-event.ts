import type { EventType } from '#contract/events/index.js';
import type { Actor } from '#platform/access/index.js';

/** An event of the log as far as filters and sights look at it: `LogEvent` is one. */
export interface JudgedEvent {
  readonly workspaceId: string;
  readonly type: EventType;
  /** Who may see it: its whole workspace, one project of it, or one person. */
  readonly scope: { readonly kind: 'workspace' } | { readonly kind: 'user' | 'project'; readonly id: string };
  readonly subjectType: string;
  readonly subjectId: string;
  readonly actor: Actor;
  readonly data: unknown;
  readonly occurredAt: Date;
}
