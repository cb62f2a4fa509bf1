import { Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { Reads } from '#platform/database/index.js';
import { WorkspaceSigns } from '#platform/workspace-signs/index.js';

const FAILING = `
  select s.workspace_id as id, count(*)::int as n
    from source s join source_state st on st.source_id = s.id
   where s.workspace_id = any($1::uuid[]) and s.removed_at is null and not s.paused and st.failing_since is not null
   group by s.workspace_id`;

/** Tells operators in how many sources of a workspace nothing comes in, though it should. */
@Injectable()
export class FailingSources implements OnModuleInit {
  constructor(
    private readonly reads: Reads,
    @Optional() private readonly signs?: WorkspaceSigns,
  ) {}

  onModuleInit(): void {
    this.signs?.register({ name: 'failingSources', count: (ids) => this.count(ids) });
  }

  private async count(workspaceIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.reads.all<{ id: string; n: number }>('deals.failing_sources', FAILING, [[...workspaceIds]]);
    return new Map(rows.map(({ id, n }) => [id, n]));
  }
}
