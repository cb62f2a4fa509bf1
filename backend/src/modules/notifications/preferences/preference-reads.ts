import { Injectable } from '@nestjs/common';
import { query, type EntityManager } from '#platform/database/index.js';

/** One choice: whether news of a kind goes to a channel. */
export interface Rule {
  /** The type of event that is told, such as `deal.found`; `*` for all that have no rule of their own. */
  readonly kind: string;
  /** `mail`, `push`, or the id of a channel. */
  readonly channel: string;
  readonly enabled: boolean;
}

/** Where something was said; the first that said anything decides. */
export type Level = 'project' | 'workspace' | 'person' | 'default';

/** What was said at one level. */
export interface Layer {
  readonly from: Level;
  readonly rules: readonly Rule[];
}

/** Where news belongs: to a workspace, or to a project of it. */
export interface Place {
  readonly workspaceId: string;
  readonly projectId: string | null;
}

interface Row {
  user_id: string;
  workspace_id: string | null;
  project_id: string | null;
  rules: Rule[];
}

/** What holds while a person has said nothing: mail and their browsers. Chats and webhooks are for who names them. */
const DEFAULTS: Layer = {
  from: 'default',
  rules: ['mail', 'push'].map((channel) => ({ kind: '*', channel, enabled: true })),
};

const OF_PEOPLE = `
  select user_id, workspace_id, project_id, rules from notification_preference where user_id = any($1::uuid[])`;

/** What some people prefer. */
export class Wishes {
  constructor(private readonly rows: ReadonlyMap<string, readonly Rule[]>) {}

  /** The channels that news of a kind goes to. */
  channels(userId: string, { workspaceId, projectId }: Place, kind: string): string[] {
    const of = (...place: string[]) => this.rows.get([userId, ...place].join(' ')) ?? [];
    const layers = layersOf(projectId ? of(workspaceId, projectId) : [], of(workspaceId), of());
    const named = new Set(layers.flatMap(({ rules }) => rules.map(({ channel }) => channel)));
    return [...named].filter((channel) => resolve(layers, kind, channel).enabled);
  }
}

/** Reads what people prefer, for the transaction that tells them. */
@Injectable()
export class PreferenceReads {
  async of(em: EntityManager, userIds: readonly string[]): Promise<Wishes> {
    if (userIds.length === 0) return new Wishes(new Map());
    const rows = await query<Row>(em, OF_PEOPLE, [[...new Set(userIds)]]);
    const key = (row: Row) => [row.user_id, row.workspace_id, row.project_id].filter((id) => id !== null).join(' ');
    return new Wishes(new Map(rows.map((row) => [key(row), row.rules])));
  }
}

/** What a person said for a project, for its workspace, for all of them, and what holds while they say nothing. */
export function layersOf(project: readonly Rule[], workspace: readonly Rule[], person: readonly Rule[]): Layer[] {
  return [
    { from: 'project', rules: project },
    { from: 'workspace', rules: workspace },
    { from: 'person', rules: person },
    DEFAULTS,
  ];
}

/** Whether news of a kind goes to a channel, and who says so. In each layer a rule of the kind comes before one for all. */
export function resolve(
  layers: readonly Layer[],
  kind: string,
  channel: string,
): { readonly enabled: boolean; readonly from: Level } {
  for (const { from, rules } of layers) {
    const own = rules.filter((rule) => rule.channel === channel);
    const found = own.find((rule) => rule.kind === kind) ?? own.find((rule) => rule.kind === '*');
    if (found) return { enabled: found.enabled, from };
  }
  return { enabled: false, from: 'default' };
}
