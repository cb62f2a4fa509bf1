import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '#platform/access/index.js';
import { query, Transactions, type EntityManager } from '#platform/database/index.js';
import { NotFound, ValidationFailed, type FieldError } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { expectVersion } from '#platform/http/index.js';
import { Routing } from '../notifier/routing.js';
import { layersOf, resolve, type Rule } from './preference-reads.js';
import { SECURITY, TOPICS, type PreferencesChange, type PreferencesShown } from './preferences.schemas.js';

type Person = Actor & { readonly userId: string };

interface Row {
  workspace_id: string | null;
  rules: Rule[];
  version: number;
}

const OF_PERSON = `
  select workspace_id, rules, version from notification_preference
   where user_id = $1 and project_id is null and (workspace_id is null or workspace_id = $2)`;
const MEMBER = 'select 1 from access_grant where workspace_id = $1 and principal_id = $2';
const WRITE = `
  insert into notification_preference (id, user_id, workspace_id, rules) values ($1, $2, $3, $4)
  on conflict (user_id, workspace_id, project_id)
  do update set rules = excluded.rules, version = notification_preference.version + 1, updated_at = now()`;

/** Where people want to be told: in general, and otherwise in one of their workspaces. */
@Injectable()
export class PreferencesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly routing: Routing,
  ) {}

  /** @param workspaceId null for what holds in all workspaces. @throws NotFound when the person does not belong to it */
  async of(who: Person, workspaceId: string | null): Promise<PreferencesShown> {
    return this.shown(this.transactions.reader(), who, workspaceId);
  }

  /**
   * Replaces what somebody said. Rules of a workspace come before those for all of them.
   *
   * @throws NotFound, ValidationFailed naming each rule that cannot be kept, PreconditionFailed
   */
  async put(
    who: Person,
    workspaceId: string | null,
    { rules }: PreferencesChange,
    ifMatch?: string,
  ): Promise<PreferencesShown> {
    requireSense(rules);
    await this.requireChannels(who, workspaceId, rules);
    return this.transactions.run(async (em) => {
      await query(em, 'select pg_advisory_xact_lock(hashtextextended($1, 40))', [`${who.userId}/${workspaceId ?? ''}`]);
      const before = await this.shown(em, who, workspaceId);
      expectVersion(ifMatch, before.version);
      if (JSON.stringify(before.rules) === JSON.stringify(rules)) return before;
      await query(em, WRITE, [uuidv7(), who.userId, workspaceId, JSON.stringify(rules)]);
      this.events.record(em, 'notification_preferences.updated', {
        workspaceId: workspaceId ?? SYSTEM_WORKSPACE,
        subjectId: who.userId,
        actor: who,
        scope: { kind: 'user', id: who.userId },
        data: { rules },
      });
      return this.shown(em, who, workspaceId);
    });
  }

  private async shown(em: EntityManager, who: Person, workspaceId: string | null): Promise<PreferencesShown> {
    if (workspaceId !== null && (await query(em, MEMBER, [workspaceId, who.userId])).length === 0)
      throw new NotFound('You do not belong to such a workspace.');
    const rows = await query<Row>(em, OF_PERSON, [who.userId, workspaceId]);
    const of = (id: string | null) => rows.find((row) => row.workspace_id === id);
    const own = of(workspaceId);
    const channels = resolve(layersOf(workspaceId === null ? [] : (own?.rules ?? []), of(null)?.rules ?? []));
    return {
      rules: own?.rules ?? [],
      version: own?.version ?? 0,
      effective: [
        { topic: SECURITY, channels: ['mail'], mandatory: true },
        ...TOPICS.map((topic) => ({ topic, channels: channels(topic), mandatory: false })),
      ],
    };
  }

  /** Channels belong to workspaces: what holds in all of them knows mail and push alone. */
  private async requireChannels(who: Person, workspaceId: string | null, rules: readonly Rule[]): Promise<void> {
    const at = (i: number) => `/body/rules/${i}/channel`;
    const names = rules.map(({ channel }) => channel);
    if (workspaceId !== null) return this.routing.check({ workspaceId, userId: who.userId }, names, at);
    const errors = names.flatMap((name, i) =>
      ['mail', 'push'].includes(name) ? [] : [{ path: at(i), message: 'must be mail or push' }],
    );
    refuse(errors);
  }
}

function requireSense(rules: readonly Rule[]): void {
  const seen = new Set<string>();
  const errors = rules.flatMap(({ topic, channel }, i): FieldError[] => {
    const key = `${topic} ${channel}`;
    const twice = seen.has(key);
    seen.add(key);
    const path = `/body/rules/${i}/topic`;
    if (topic === SECURITY) return [{ path, message: 'cannot be turned on or off: these mails always come' }];
    if (topic !== '*' && !TOPICS.includes(topic))
      return [{ path, message: `must be * or one of ${TOPICS.join(', ')}` }];
    return twice ? [{ path, message: 'has a rule for this channel already' }] : [];
  });
  refuse(errors);
}

function refuse(errors: FieldError[]): void {
  if (errors.length > 0) throw new ValidationFailed('Some of the rules cannot be kept.', { errors });
}
