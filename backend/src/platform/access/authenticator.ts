import type { IncomingHttpHeaders } from 'node:http';
import type { Actor } from './actor.js';

/** What an authenticator may look at. */
export interface Credentials {
  headers: IncomingHttpHeaders;
  /** The client's address. */
  ip: string;
}

/** Tells who sends a request. The users room provides it under this class as the injection token. */
export abstract class Authenticator {
  /**
   * @returns the actor, or null when the request carries no credentials
   * @throws Unauthenticated when it carries credentials that are wrong, expired or revoked; AddressNotAllowed when they are right
   *   and may not be used from that address
   */
  abstract authenticate(request: Credentials): Promise<Actor | null>;
}
