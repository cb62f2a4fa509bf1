import type { Actor } from '#platform/access/index.js';

/** What was refused to somebody who is known: by the gate, or by the handler behind it. */
export interface GateRefusal {
  actor: Actor;
  method: string;
  /** The pattern of the route, such as `/api/v1/workspaces/:workspaceId/deals`. */
  route: string;
  /** The workspace when the caller belongs to it, though not with this permission or not for now. */
  workspaceId: string | null;
  /** What the route asks for, when that is what the caller lacks. */
  permission: string | null;
  status: number;
  code: string;
}

/** Hears what is refused to signed-in callers. The room of the audit trail provides it under this class. */
export abstract class RefusalWatch {
  /** Called in the request's path: it must return at once, and not throw. */
  abstract refused(refusal: GateRefusal): void;
}
