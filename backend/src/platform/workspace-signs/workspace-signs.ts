import { Injectable } from '@nestjs/common';

/** One figure that tells how workspaces fare, and nothing of what is in them. */
export interface WorkspaceSign {
  /** In the answer of the API: `failingSources`. */
  readonly name: string;
  /** Counts for some workspaces; those without any may be left out. */
  count(workspaceIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** What operators see of workspaces: rooms register at boot, so that the room of operators imports none of them. */
@Injectable()
export class WorkspaceSigns {
  private readonly signs: WorkspaceSign[] = [];

  /** @throws Error when the name is taken: a fault of the developer */
  register(sign: WorkspaceSign): void {
    if (this.signs.some(({ name }) => name === sign.name))
      throw new Error(`Two signs of workspaces are named "${sign.name}".`);
    this.signs.push(sign);
  }

  /** Every figure by name, for each of the workspaces. */
  async of(workspaceIds: readonly string[]): Promise<Map<string, Record<string, number>>> {
    const counted = await Promise.all(
      this.signs.map(async (sign) => ({ name: sign.name, counts: await sign.count(workspaceIds) })),
    );
    const figures = (id: string) => Object.fromEntries(counted.map(({ name, counts }) => [name, counts.get(id) ?? 0]));
    return new Map(workspaceIds.map((id) => [id, figures(id)]));
  }
}
