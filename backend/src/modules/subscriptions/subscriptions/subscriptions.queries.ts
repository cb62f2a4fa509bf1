import { Injectable } from '@nestjs/common';
import { canonical, parse, print, toSql, type FilterContext } from '#contract/filter/index.js';
import { eventVisible, grantJoin, type Member, scopeOf } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { EventSight, readFilter, tellable, type FilterTarget } from '#platform/filters/index.js';
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
    private readonly sight: EventSight,
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
    const condition = toSql(filter, context, { start: 6 });
    const matching = `from ${target.from} ${grantJoin(target.workspaceColumn, '$1')}
      where ${target.workspaceColumn} = $2 and ${target.timeColumn} >= now() - make_interval(days => $3)
        and ${seen(target)} and ${condition.text}`;
    const own = who.kind === 'user' ? tellable : [];
    const values = [who.id, who.workspaceId, days, this.sight.types(who.permissions), own, ...condition.params];
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

/**
 * What the caller `$1` may see of a target: of events each type by its permission (`$4`), and what is theirs alone (`$5`).
 * Erased ones have nothing to show.
 */
function seen({ mixed }: FilterTarget): string {
  if (!mixed) return 'coalesce($4::text[], $5::text[]) is not null';
  return `e.data is not null and e.type = any(case e.scope_kind when 'user' then $5::text[] else $4::text[] end)
    and ${eventVisible(scopeOf('e'), '$1')}`;
}
