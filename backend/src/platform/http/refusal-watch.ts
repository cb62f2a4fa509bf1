import type { Actor } from '#platform/access/index.js';

/** What the gate refused to somebody whom it knows. */
export interface GateRefusal {
  actor: Actor;
  method: string;
  /** The pattern of the route, such as `/api/v1/workspaces/:workspaceId/deals`. */
  route: string;
  /** The workspace when the caller belongs to it, though not with this permission or not for now. */
  workspaceId: string | null;
  /** What the route asks for. */
  permission: string | null;
  status: number;
  code: string;
}

/** Hears what the gate refuses to signed-in callers. The room of the audit trail provides it under this class. */
export abstract class RefusalWatch {
  /** Called in the request's path: it must return at once, and not throw. */
  abstract refused(refusal: GateRefusal): void;
}
