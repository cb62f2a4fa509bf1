import { Injectable } from '@nestjs/common';
import { channelFields } from '#contract/filter/index.js';
import { grantJoin } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { filterCondition, FilterContexts } from '#platform/filters/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import type { ChannelShown, DeviceShown } from './channels.schemas.js';

const SORTS = {
  createdAt: { sql: 'c.created_at', type: 'timestamptz' },
  name: { sql: 'c.name', type: 'text' },
} as const;
const LIST: SortedList = { name: 'channels', sorts: SORTS, id: { sql: 'c.id', type: 'uuid' } };
const DEVICES: SortedList = { ...LIST, name: 'push-devices' };

const SHOWN = `c.id, c.workspace_id as "workspaceId", c.kind, c.name, c.hint as address, c.user_id is null as shared,
  c.disabled_reason is null as enabled, c.disabled_reason as "disabledReason", ${isoTime('c.failing_since')} as "failingSince",
  c.version, ${isoTime('c.created_at')} as "createdAt", ${isoTime('c.updated_at')} as "updatedAt"`;
const DEVICE = `c.id, c.name, c.hint as service, ${isoTime('c.failing_since')} as "failingSince",
  ${isoTime('c.created_at')} as "createdAt"`;
// Of one's own in every workspace that one is in; or the shared ones of one workspace.
const MINE = `notification_channel c ${grantJoin('c.workspace_id', '$1')}
  where c.removed_at is null and c.kind <> 'push'
    and case when $2::uuid is null then c.user_id = $1 else c.user_id is null and c.workspace_id = $2 end`;

/** Whose channels are looked at: the person's own, or, with a workspace, its shared ones. */
export interface Whose {
  /** The person or key that looks. */
  principal: string;
  /** Null for one's own. */
  workspaceId: string | null;
}

/** The reads of channels: projections, each limited to what the caller may see now. */
@Injectable()
export class ChannelQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
  ) {}

  /** @throws FilterRefused */
  async list({ principal, workspaceId }: Whose, query: ListQuery): Promise<Page<ChannelShown>> {
    const context = await this.contexts.context({ userId: principal });
    const filter = filterCondition(query.filter, channelFields, context, 3);
    const seek = this.cursor.seek(LIST, query, 3 + filter.params.length);
    const rows = await this.reads.adHoc<ChannelShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key} from ${MINE} and ${filter.text} and ${seek.condition}
        order by ${seek.orderBy} limit ${seek.limit}`,
      [principal, workspaceId, ...filter.params, ...seek.values],
    );
    return this.cursor.page(LIST, query, rows);
  }

  one({ principal, workspaceId }: Whose, id: string): Promise<ChannelShown | undefined> {
    const text = `select ${SHOWN} from ${MINE} and c.id = $3`;
    return this.reads.one<ChannelShown>('channels.one', text, [principal, workspaceId, id]);
  }

  async devices(userId: string, query: ListQuery): Promise<Page<DeviceShown>> {
    const seek = this.cursor.seek(DEVICES, query, 2);
    const rows = await this.reads.adHoc<DeviceShown & { _key: string[] }>(
      `select ${DEVICE}, ${seek.key} from notification_channel c
        where c.user_id = $1 and c.kind = 'push' and c.removed_at is null and ${seek.condition}
        order by ${seek.orderBy} limit ${seek.limit}`,
      [userId, ...seek.values],
    );
    return this.cursor.page(DEVICES, query, rows);
  }
}
