import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';

/** How a session was started. */
export type SessionMethod = 'password' | 'registration' | 'passkey' | 'identity';

/** Why a session ended. */
export type SessionEnd =
  | 'logout'
  | 'revoked'
  | 'reuse'
  | 'password_changed'
  | 'email_changed'
  | 'factor_added'
  | 'deletion'
  | 'expired'
  | 'restored';

/** Where a sign-in came from, as far as the request tells. */
export interface Visitor {
  address?: string;
  userAgent?: string;
  requestId?: string;
  /** Whether it is a browser, which is handed cookies; otherwise it is a program that keeps its tokens itself. */
  keepsCookies?: boolean;
  /** The cookie of familiar browsers, unread; see `FamiliarBrowsers`. */
  browsers?: string;
}

/** How long a session may live, in milliseconds: in all, and without use. */
export interface SessionLife {
  totalMs: number;
  idleMs: number;
}

/** One sign-in of one person: the grant that refresh tokens renew until it ends or runs out. */
@Entity({ tableName: 'session' })
export class Session {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  userId!: string;

  @Property({ type: 'text' })
  method!: SessionMethod;

  @Property({ type: 'text', nullable: true })
  address: string | null = null;

  @Property({ type: 'text', nullable: true })
  userAgent: string | null = null;

  /** Where it was used last, to about a minute. */
  @Property({ type: 'text', nullable: true })
  lastAddress: string | null = null;

  /** The device that was recognised at the sign-in. */
  @Property({ type: 'uuid', nullable: true })
  deviceId: string | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  lastUsedAt!: Date;

  /** When it runs out unless it is renewed before. */
  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  idleExpiresAt!: Date;

  /** When it runs out whatever happens. */
  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  expiresAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  endedAt: Date | null = null;

  @Property({ type: 'text', nullable: true })
  endedReason: SessionEnd | null = null;

  /** A session that begins now. */
  static start(userId: string, method: SessionMethod, visitor: Visitor, life: SessionLife, now = new Date()): Session {
    const session = new Session();
    session.id = uuidv7();
    session.userId = userId;
    session.method = method;
    session.address = visitor.address ?? null;
    session.userAgent = visitor.userAgent?.slice(0, 300) ?? null;
    session.createdAt = now;
    session.expiresAt = new Date(now.getTime() + life.totalMs);
    session.use(life, now, visitor.address);
    return session;
  }

  /** Notes a use: the idle time starts again, within the whole life. */
  use(life: SessionLife, now = new Date(), address?: string): void {
    this.lastUsedAt = now;
    this.lastAddress = address ?? this.lastAddress;
    this.idleExpiresAt = new Date(Math.min(now.getTime() + life.idleMs, this.expiresAt.getTime()));
  }

  /** Ends the session; one that ended before keeps its first reason. @returns false in that case */
  end(reason: SessionEnd, now = new Date()): boolean {
    if (this.endedAt) return false;
    this.endedAt = now;
    this.endedReason = reason;
    return true;
  }

  /** True when its time is over, by age or for want of use. */
  runOut(now = new Date()): boolean {
    return now >= this.expiresAt || now >= this.idleExpiresAt;
  }
}
