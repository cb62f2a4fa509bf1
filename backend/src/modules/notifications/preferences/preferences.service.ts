import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type Actor, type MemberRole, permissionsOf } from '#platform/access/index.js';
import { query, Transactions, type EntityManager } from '#platform/database/index.js';
import { NotFound, ValidationFailed, type FieldError } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { expectVersion } from '#platform/http/index.js';
import { Routing } from '../notifier/routing.js';
import { ALL, KINDS, SECURITY, titleOf, TOPICS, type PreferenceKind } from './preference-kinds.js';
import { type Layer, layersOf, resolve, type Rule } from './preference-reads.js';
import type { PreferencesChange, PreferencesShown } from './preferences.schemas.js';

type Person = Actor & { readonly userId: string };
type Cell = PreferencesChange['cells'][number];
type Columns = PreferencesShown['channels'];

/** Where choices hold: everywhere, in a workspace, or in a project of it. */
export interface Scope {
  readonly workspaceId: string | null;
  readonly projectId: string | null;
}
export const EVERYWHERE: Scope = { workspaceId: null, projectId: null };

interface Row {
  workspace_id: string | null;
  project_id: string | null;
  rules: Rule[];
  version: number;
}

/** More rules than this are not kept in one place. */
const MOST_RULES = 5_000;
const KNOWN: ReadonlySet<string> = new Set(KINDS.map(({ kind }) => kind));

const LOCALE = 'select locale from user_account where id = $1';
const LOCK = 'select pg_advisory_xact_lock(hashtextextended($1, 40))';
const OF_PERSON = `
  select workspace_id, project_id, rules, version from notification_preference
   where user_id = $1 and (workspace_id is null or workspace_id = $2) and (project_id is null or project_id = $3)`;
const MEMBER = `
  select g.role, r.permissions as made from access_grant g left join workspace_role r on r.id = g.role_id
   where g.workspace_id = $1 and g.principal_id = $2
     and ($3::uuid is null or exists (
       select from project_membership part
        where part.workspace_id = $1 and part.project_id = $3 and part.user_id = $2))`;
const CHANNELS = `
  select id as channel, kind, name from notification_channel
   where workspace_id = $1 and (user_id = $2 or (user_id is null and $3)) and removed_at is null order by name, id`;
const WRITE = `
  insert into notification_preference (id, user_id, workspace_id, project_id, rules) values ($1, $2, $3, $4, $5)
  on conflict (user_id, workspace_id, project_id)
  do update set rules = excluded.rules, version = notification_preference.version + 1, updated_at = now()`;

/** Where people want to be told: in general, and otherwise in one of their workspaces or projects. */
@Injectable()
export class PreferencesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly routing: Routing,
  ) {}

  /** @throws NotFound when the person does not belong there */
  async of(who: Person, scope: Scope): Promise<PreferencesShown> {
    const em = this.transactions.reader();
    return shown(await this.layers(em, who, scope), await this.columns(em, who, scope));
  }

  /**
   * Keeps some choices, and takes others back. The nearest counts: project, workspace, person.
   *
   * @throws NotFound, ValidationFailed naming each choice that cannot be kept, PreconditionFailed
   */
  async choose(who: Person, scope: Scope, { cells }: PreferencesChange, ifMatch?: string): Promise<PreferencesShown> {
    requireSense(cells);
    await this.requireChannels(who, scope, cells);
    return this.transactions.run(async (em) => {
      const columns = await this.columns(em, who, scope);
      await query(em, LOCK, [[who.userId, scope.workspaceId, scope.projectId].join('/')]);
      const before = await this.layers(em, who, scope);
      expectVersion(ifMatch, before.version);
      const { rules, changed } = merged(before.own, cells);
      if (changed.length === 0) return shown(before, columns);
      if (rules.length > MOST_RULES)
        refuse([{ path: '/body/cells', message: `leave more than ${MOST_RULES} choices` }]);
      const { workspaceId, projectId } = scope;
      await query(em, WRITE, [uuidv7(), who.userId, workspaceId, projectId, JSON.stringify(rules)]);
      this.events.record(em, 'notification_preferences.updated', {
        workspaceId: workspaceId ?? SYSTEM_WORKSPACE,
        subjectId: who.userId,
        actor: who,
        scope: { kind: 'user', id: who.userId },
        data: { projectId, cells: changed },
      });
      return shown(await this.layers(em, who, scope), columns);
    });
  }

  private async layers(em: EntityManager, { userId }: Person, { workspaceId, projectId }: Scope): Promise<Said> {
    const rows = await query<Row>(em, OF_PERSON, [userId, workspaceId, projectId]);
    const of = (workspace: string | null, project: string | null) =>
      rows.find((row) => row.workspace_id === workspace && row.project_id === project);
    const own = of(workspaceId, projectId);
    const [person] = await query<{ locale: string }>(em, LOCALE, [userId]);
    const rules = (wanted: boolean, row: Row | undefined) => (wanted ? (row?.rules ?? []) : []);
    const layers = layersOf(
      rules(projectId !== null, of(workspaceId, projectId)),
      rules(workspaceId !== null, of(workspaceId, null)),
      rules(true, of(null, null)),
    );
    return { layers, own: own?.rules ?? [], version: own?.version ?? 0, locale: person?.locale ?? 'en' };
  }

  /** Channels belong to workspaces: what holds in all of them knows mail and push alone. */
  private async columns(em: EntityManager, { userId }: Person, { workspaceId, projectId }: Scope): Promise<Columns> {
    const common: Columns = [
      { channel: 'mail', kind: 'mail', name: null },
      { channel: 'push', kind: 'push', name: null },
    ];
    if (workspaceId === null) return common;
    const [member] = await query<{ role: MemberRole; made: string[] | null }>(em, MEMBER, [
      workspaceId,
      userId,
      projectId,
    ]);
    if (!member) throw new NotFound('You do not belong to such a workspace or project.');
    const shared = permissionsOf(member.role, member.made).has('channels:read');
    return [...common, ...(await query<Columns[number]>(em, CHANNELS, [workspaceId, userId, shared]))];
  }

  private async requireChannels(who: Person, { workspaceId }: Scope, cells: readonly Cell[]): Promise<void> {
    const at = (i: number) => `/body/cells/${i}/channel`;
    const names = cells.map(({ channel }) => channel);
    if (workspaceId !== null) return this.routing.check({ workspaceId, userId: who.userId }, names, at);
    refuse(
      names.flatMap((name, i) =>
        ['mail', 'push'].includes(name) ? [] : [{ path: at(i), message: 'must be mail or push' }],
      ),
    );
  }
}

interface Said {
  layers: readonly Layer[];
  own: readonly Rule[];
  version: number;
  locale: string;
}

function shown({ layers, own, version, locale }: Said, channels: Columns): PreferencesShown {
  const chosen = new Set(own.map(({ kind, channel }) => `${kind} ${channel}`));
  const cells = ({ kind, mandatory }: PreferenceKind) =>
    mandatory
      ? [{ channel: 'mail', enabled: true, from: 'mandatory' as const, own: false }]
      : channels.map(({ channel }) => ({
          channel,
          ...resolve(layers, kind, channel),
          own: chosen.has(`${kind} ${channel}`),
        }));
  const kinds = KINDS.map((kind) => ({ ...kind, ...titleOf(kind, locale), cells: cells(kind) }));
  return { version, channels, kinds };
}

/** The rules with the choices made one after the other, and what that changed. */
function merged(rules: readonly Rule[], cells: readonly Cell[]) {
  const key = (kind: string, channel: string) => `${kind} ${channel}`;
  const kept = new Map(rules.map((rule) => [key(rule.kind, rule.channel), rule]));
  const asked = new Map<string, Pick<Rule, 'kind' | 'channel'> & { enabled: boolean | null }>();
  for (const { kind, topic, channel: name, enabled } of cells) {
    const channel = name.toLowerCase();
    for (const one of kind === undefined ? (TOPICS.get(topic ?? '') ?? []) : [kind])
      asked.set(key(one, channel), { kind: one, channel, enabled });
  }
  const changed = [...asked].filter(([at, { enabled }]) => (kept.get(at)?.enabled ?? null) !== enabled);
  for (const [at, { kind, channel, enabled }] of changed)
    if (enabled === null) kept.delete(at);
    else kept.set(at, { kind, channel, enabled });
  return { rules: [...kept.values()], changed: changed.map(([, cell]) => cell) };
}

function requireSense(cells: readonly Cell[]): void {
  refuse(
    cells.flatMap(({ kind, topic }, i): FieldError[] => {
      const path = `/body/cells/${i}/${kind === undefined ? 'topic' : 'kind'}`;
      if ((kind ?? topic) === SECURITY)
        return [{ path, message: 'cannot be turned on or off: these mails always come' }];
      if (kind !== undefined && !KNOWN.has(kind))
        return [{ path, message: `must be ${ALL} or a kind of news, as the grid names them` }];
      if (topic !== undefined && !TOPICS.has(topic))
        return [{ path, message: `must be one of ${[...TOPICS.keys()].sort().join(', ')}` }];
      return [];
    }),
  );
}

function refuse(errors: FieldError[]): void {
  if (errors.length > 0) throw new ValidationFailed('Some of the choices cannot be kept.', { errors });
}
