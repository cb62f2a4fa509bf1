import { DomainError } from '#platform/errors/index.js';

/** What a refusal tells beside its sentence. */
export interface QuotaMembers {
  /** The name of the limit: `members`, `storage`. */
  quota: string;
  /** The name of the workspace's plan. */
  plan: string;
  /** What is used, what is reserved included. */
  used: number;
  allowed: number;
  unit: 'count' | 'bytes';
  /** What was asked for. */
  wanted: number;
  /** When counting begins anew, RFC 3339; null when it does not by itself. */
  resetsAt: string | null;
}

/** The workspace has as much of something as its plan includes. Nothing that is stored is touched. */
export class QuotaExceeded extends DomainError {
  static override code = 'quota_exceeded';
  static override status = 402;
  static override title = 'Limit of the plan reached';

  constructor(
    detail: string,
    readonly about: QuotaMembers,
    /** What else the problem document tells, such as what was done before the limit was met. */
    more: Record<string, unknown> = {},
  ) {
    super(detail, { members: { ...more, ...about } });
  }

  /** True when there will never be room under this limit: it alone is more than the plan includes. */
  get hopeless(): boolean {
    return this.about.wanted > this.about.allowed;
  }
}
