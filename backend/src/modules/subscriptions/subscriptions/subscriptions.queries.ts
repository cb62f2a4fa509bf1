import { Injectable } from '@nestjs/common';
import { canonical, parse, print, toSql, type FilterContext } from '#contract/filter/index.js';
import { grantJoin, type Member } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { readFilter, type FilterTarget } from '#platform/filters/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import type { Preview, SubscriptionShown } from './subscriptions.schemas.js';

const LIST: SortedList = {
  name: 'subscriptions',
  sorts: { createdAt: { sql: 's.created_at', type: 'timestamptz' }, name: { sql: 's.name', type: 'text' } },
  id: { sql: 's.id', type: 'uuid' },
};

const SHOWN = `s.id, s.name, s.target, s.filter, s.paused, s.version, ${isoTime('s.created_at')} as "createdAt",
  ${isoTime('s.updated_at')} as "updatedAt"`;
const COUNTED = 10_000;
const SHOWN_MATCHES = 50;

/** The reads of subscriptions: projections, each limited to the caller's own in a workspace of theirs. */
@Injectable()
export class SubscriptionQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
  ) {}

  /** A page of the caller's subscriptions. */
  async list(who: Member, query: ListQuery): Promise<Page<SubscriptionShown>> {
    const seek = this.cursor.seek(LIST, query, 4);
    const rows = await this.reads.adHoc<SubscriptionShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key}
         from subscription s ${grantJoin('s.workspace_id', '$1')}
        where s.workspace_id = $2 and s.user_id = $3 and s.removed_at is null and ${seek.condition}
        order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, who.userId, ...seek.values],
    );
    return this.cursor.page(LIST, query, rows);
  }

  /** One of the caller's subscriptions. */
  async one(who: Member, id: string): Promise<SubscriptionShown | undefined> {
    return this.reads.one<SubscriptionShown>(
      'subscriptions.one',
      `select ${SHOWN} from subscription s ${grantJoin('s.workspace_id', '$1')}
        where s.id = $2 and s.workspace_id = $3 and s.user_id = $4 and s.removed_at is null`,
      [who.id, id, who.workspaceId, who.userId],
    );
  }

  /** What the filter would have matched in the caller's workspace over the last days. */
  async preview(
    who: Member,
    target: FilterTarget,
    text: string,
    context: FilterContext,
    days: number,
  ): Promise<Preview> {
    const filter = readFilter(text, target.catalogue, context, '/body/filter');
    const condition = toSql(filter, context, { start: 4 });
    const matching = `from ${target.from} ${grantJoin(target.workspaceColumn, '$1')}
      where ${target.workspaceColumn} = $2 and ${target.timeColumn} >= now() - make_interval(days => $3)
        and ${condition.text}`;
    const values = [who.id, who.workspaceId, days, ...condition.params];
    const [counted, matches] = await Promise.all([
      this.reads.adHoc<{ n: string }>(
        `select count(*) as n from (select 1 ${matching} limit ${COUNTED + 1}) as counted`,
        values,
      ),
      this.reads.adHoc<Preview['matches'][number]>(
        `select ${target.idColumn} as id, ${target.titleColumn} as title, ${isoTime(target.timeColumn)} as at ${matching}
          order by ${target.timeColumn} desc, ${target.idColumn} desc limit ${SHOWN_MATCHES}`,
        values,
      ),
    ]);
    const understood = print(canonical(parse(text), target.catalogue));
    const count = Number(counted[0]?.n ?? 0);
    const more = count > COUNTED;
    return { canonical: understood, days, count: more ? COUNTED : count, more, matches };
  }
}
