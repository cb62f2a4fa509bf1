import { Injectable } from '@nestjs/common';
import type { CommandAnswer } from '#contract/realtime/index.js';
import { StandingCredentials } from '#platform/access/index.js';
import { OtherSession } from '../realtime.errors.js';
import type { LiveSocket } from '../server/live-socket.js';

/** Lets a socket go on when its access token ends. */
@Injectable()
export class Renewals {
  constructor(private readonly credentials: StandingCredentials) {}

  /**
   * Goes on with another access token of the same session.
   *
   * @throws Unauthenticated when the token is not good; OtherSession
   */
  async renew(socket: LiveSocket, token: string): Promise<CommandAnswer<'renew'>> {
    const { data } = socket;
    const renewed = await this.credentials.admit(token, data.credential.actor.address ?? '');
    if (renewed.ref !== data.credential.ref) throw new OtherSession();
    // An older token of the session, or one that came in the wrong order, takes no time away.
    if (later(renewed.expiresAt, data.credential.expiresAt)) data.credential = renewed;
    return { expiresAt: data.credential.expiresAt?.toISOString() ?? null };
  }
}

const later = (a: Date | null, b: Date | null) => a === null || (b !== null && a > b);
