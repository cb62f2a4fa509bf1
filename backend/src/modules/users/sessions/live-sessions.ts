import { Injectable } from '@nestjs/common';
import { Reads } from '#platform/database/index.js';
import { BriefMemory } from './brief-memory.js';

/** A session that is not over, with what its person may be beyond workspaces. */
export interface LiveSession {
  userId: string;
  operator: boolean;
}

const LIVE = `
  select s.user_id as "userId", u.operator from session s join user_account u on u.id = s.user_id
  where s.id = $1 and s.ended_at is null and s.expires_at > now() and s.idle_expires_at > now()`;

/** Which sessions are not over: what a request with a sound access token must still ask, at most once a second. */
@Injectable()
export class LiveSessions {
  private readonly memory: BriefMemory<LiveSession>;

  constructor(reads: Reads) {
    this.memory = new BriefMemory(
      async (id) => (await reads.one<LiveSession>('users.session.live', LIVE, [id])) ?? null,
    );
  }

  /** The session if it is not over; null otherwise. */
  find(sessionId: string): Promise<LiveSession | null> {
    return this.memory.get(sessionId);
  }

  /** Asks anew for a session that was just ended by this process. */
  forget(sessionId: string): void {
    this.memory.forget(sessionId);
  }
}
