import { Injectable } from '@nestjs/common';
import { query, type EntityManager } from '#platform/database/index.js';

/** One choice: whether news of a topic goes to a channel. */
export interface Rule {
  /** What the news is about, such as `deal`; `*` for all that has no rule of its own. */
  readonly topic: string;
  /** `mail`, `push`, or the id of a channel. */
  readonly channel: string;
  readonly enabled: boolean;
}

interface Row {
  user_id: string;
  workspace_id: string | null;
  rules: Rule[];
}

/** What happens while a person has said nothing: mail and their browsers. Chats and webhooks are for who names them. */
const DEFAULTS: readonly Rule[] = [
  { topic: '*', channel: 'mail', enabled: true },
  { topic: '*', channel: 'push', enabled: true },
];

const OF_PEOPLE = `
  select user_id, workspace_id, rules from notification_preference where user_id = any($1::uuid[]) and project_id is null`;

/** What some people prefer. */
export class Wishes {
  constructor(private readonly layers: ReadonlyMap<string, readonly Rule[]>) {}

  /** The channels that news of a topic goes to: what was said for the workspace comes before what was said for all of them. */
  channels(userId: string, workspaceId: string, topic: string): string[] {
    const of = (place: string) => this.layers.get(`${userId} ${place}`) ?? [];
    return resolve(layersOf(of(workspaceId), of('')))(topic);
  }
}

/** Reads what people prefer, for the transaction that tells them. */
@Injectable()
export class PreferenceReads {
  async of(em: EntityManager, userIds: readonly string[]): Promise<Wishes> {
    if (userIds.length === 0) return new Wishes(new Map());
    const rows = await query<Row>(em, OF_PEOPLE, [[...new Set(userIds)]]);
    return new Wishes(
      new Map(rows.map(({ user_id, workspace_id, rules }) => [`${user_id} ${workspace_id ?? ''}`, rules])),
    );
  }
}

/** What a person said for a workspace, then what they said for all of them, then what holds while they say nothing. */
export function layersOf(workspace: readonly Rule[], person: readonly Rule[]): (readonly Rule[])[] {
  return [workspace, person, DEFAULTS];
}

/** @param layers the nearest first. In each, a rule for the topic itself comes before one for all of them. */
export function resolve(layers: readonly (readonly Rule[])[]): (topic: string) => string[] {
  const channels = [...new Set(layers.flat().map(({ channel }) => channel))];
  const rule = (channel: string, topic: string) =>
    layers
      .flatMap((rules) => [topic, '*'].map((t) => rules.find((r) => r.channel === channel && r.topic === t)))
      .find((found) => found !== undefined);
  return (topic) => channels.filter((channel) => rule(channel, topic)?.enabled === true);
}
