import type { Actor } from './actor.js';
import type { MemberRole, Permission } from './permissions.js';

/** Credentials that stay in use after they were checked, as a socket's do. Nothing in it opens anything. */
export interface StandingCredential {
  readonly actor: Actor & { id: string };
  /** Names what has to go on living: a session, or one secret of a key. */
  readonly ref: string;
  /** When an access token ends; null where no end is known beforehand. */
  readonly expiresAt: Date | null;
}

/** What credentials may do in one workspace now. */
export interface StandingPlace {
  readonly role: MemberRole;
  /** What the role allows, narrowed to the scopes of a key. */
  readonly permissions: ReadonlySet<Permission>;
  /** The projects that the person or service account behind them has a part in. */
  readonly projects: ReadonlySet<string>;
}

/** What credentials are good for now. */
export interface Standing {
  readonly operator: boolean;
  /** The workspaces that they open now, by id. */
  readonly workspaces: ReadonlyMap<string, StandingPlace>;
  /** Whether they may be used from an address. */
  permits(address: string): boolean;
}

/** Looks after credentials for connections that stay. The users room provides it under this class as the injection token. */
export abstract class StandingCredentials {
  /**
   * Checks an access token or an API key as those of a request are.
   *
   * @throws Unauthenticated, AddressNotAllowed
   */
  abstract admit(token: string, address: string): Promise<StandingCredential>;

  /**
   * What all of these are good for now, by `ref`, from the database by one statement and no memory: those that ended, were
   * revoked or ran out are left out.
   */
  abstract look(refs: readonly string[]): Promise<ReadonlyMap<string, Standing>>;
}
