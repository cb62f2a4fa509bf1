import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { isoTime, Reads, Transactions } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { deviceName } from './device-name.js';
import { KnownDevices } from './known-devices.js';
import type { SessionShown, SessionsEnd } from './own-sessions.schemas.js';
import { Session } from './session.entity.js';
import { SessionUses } from './session-uses.js';
import { SessionsService } from './sessions.service.js';

const LIST: SortedList = {
  name: 'sessions',
  sorts: {
    lastUsedAt: { sql: 's.last_used_at', type: 'timestamptz' },
    startedAt: { sql: 's.created_at', type: 'timestamptz' },
  },
  id: { sql: 's.id', type: 'uuid' },
};

const SHOWN = `s.id, s.user_agent as "userAgent", s.method, s.address, s.last_address as "lastAddress",
  ${isoTime('s.created_at')} as "startedAt", ${isoTime('s.last_used_at')} as "lastUsedAt",
  ${isoTime('least(s.expires_at, s.idle_expires_at)')} as "expiresAt"`;
const OPEN = `s.user_id = $1 and s.ended_at is null and s.expires_at > now() and s.idle_expires_at > now()`;

type Row = Omit<SessionShown, 'device' | 'current'> & { userAgent: string | null; _key: string[] };
type Person = Actor & { userId: string };

/** A person's own sessions: seen and ended. */
@Injectable()
export class OwnSessionsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly uses: SessionUses,
    private readonly sessions: SessionsService,
    private readonly devices: KnownDevices,
  ) {}

  /** A page of the sessions that are not over. */
  async list(who: Person, query: ListQuery): Promise<Page<SessionShown>> {
    const seek = this.cursor.seek(LIST, query, 2);
    const rows = await this.reads.adHoc<Row>(
      `select ${SHOWN}, ${seek.key} from session s
       where ${OPEN} and ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`,
      [who.userId, ...seek.values],
    );
    const { items, nextCursor } = this.cursor.page(LIST, query, rows);
    return { items: items.map((row) => this.shown(row, who)), nextCursor };
  }

  /** Ends one session: it is refused everywhere within a second. @throws NotFound when it is over or somebody else's */
  async end(who: Person, sessionId: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const lock = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;
      const session = await em.findOne(Session, { id: sessionId, userId: who.userId, endedAt: null }, lock);
      if (!session || session.runOut()) throw new NotFound('There is no such session, or it is over.');
      this.sessions.end(em, session, 'revoked', who);
      await this.devices.forget(em, who.userId, [session], who.sessionId);
    });
  }

  /** Ends all sessions, or all but the caller's. @returns how many */
  async endMany(who: Person, { which }: SessionsEnd): Promise<{ count: number }> {
    const keep = which === 'others' ? who.sessionId : undefined;
    return this.transactions.run(async (em) => {
      const ended = await this.sessions.endAll(em, who.userId, 'revoked', who, keep);
      await this.devices.forget(em, who.userId, ended, who.sessionId);
      return { count: ended.length };
    });
  }

  private shown({ userAgent, ...row }: Omit<Row, '_key'>, who: Person): SessionShown {
    const noted = this.uses.noted(row.id)?.toISOString() ?? row.lastUsedAt;
    return {
      ...row,
      device: deviceName(userAgent),
      lastUsedAt: noted > row.lastUsedAt ? noted : row.lastUsedAt,
      current: row.id === who.sessionId,
    };
  }
}
