import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isoTime, Reads } from '#platform/database/index.js';
import { eventsOfPerson, type LogEvent } from '#platform/event-log/index.js';
import {
  type DataFile,
  type DataSubject,
  type HoldsPersonalData,
  PersonalData,
  rowsOf,
} from '#platform/personal-data/index.js';
import { deviceName } from '../../sessions/device-name.js';
import { ExportFiles } from './export-files.js';

const page = (id: string) => `and ($2::uuid is null or ${id} > $2) order by ${id} limit $3`;

/** What this room holds of a person, by the place in the archive. No digest, no secret, and nobody else. */
const FILES: Record<string, { about: string; sql: string }> = {
  'account/profile': {
    about: 'Your account and preferences.',
    sql: `select id, email, name, locale, time_zone as "timeZone", currency, operator,
        password_hash is not null as "hasPassword", ${isoTime('email_verified_at')} as "emailVerifiedAt",
        ${isoTime('created_at')} as "createdAt", ${isoTime('updated_at')} as "updatedAt"
      from user_account where id = $1 ${page('id')}`,
  },
  'account/sign-in-methods': {
    about: 'Your authenticator app, your passkeys, and the accounts elsewhere that sign you in.',
    sql: `select * from (
        select user_id as id, 'authenticator' as method, null as name, ${isoTime('confirmed_at')} as since,
          null as "lastUsedAt" from totp_factor where user_id = $1 and confirmed_at is not null
        union all
        select id, 'passkey', name, ${isoTime('created_at')}, ${isoTime('last_used_at')} from passkey where user_id = $1
        union all
        select id, provider, email, ${isoTime('created_at')}, ${isoTime('last_used_at')} from identity where user_id = $1
      ) m where true ${page('m.id')}`,
  },
  'account/sessions': {
    about: 'Where you were signed in, for about three months back.',
    sql: `select id, method, user_agent as "userAgent", address, last_address as "lastAddress",
        ${isoTime('created_at')} as "startedAt", ${isoTime('last_used_at')} as "lastUsedAt",
        ${isoTime('expires_at')} as "expiresAt", ${isoTime('ended_at')} as "endedAt", ended_reason as "endedReason"
      from session where user_id = $1 ${page('id')}`,
  },
  'account/devices': {
    about: 'The devices that you signed in on.',
    sql: `select id, name, ${isoTime('first_seen_at')} as "firstSeenAt", ${isoTime('last_seen_at')} as "lastSeenAt",
        ${isoTime('forgotten_at')} as "forgottenAt"
      from known_device where user_id = $1 ${page('id')}`,
  },
  'account/email-changes': {
    about: 'Changes of your address that you asked for lately.',
    sql: `select id, from_email as "from", to_email as "to", state, ${isoTime('created_at')} as "requestedAt",
        ${isoTime('ended_at')} as "endedAt"
      from email_change where user_id = $1 ${page('id')}`,
  },
  'account/exports': {
    about: 'Exports like this one.',
    sql: `select id, state, size::float8 as size, ${isoTime('created_at')} as "requestedAt",
        ${isoTime('finished_at')} as "finishedAt", ${isoTime('expires_at')} as "expiresAt"
      from personal_export where user_id = $1 ${page('id')}`,
  },
  'workspaces/memberships': {
    about: 'The workspaces that you belong to, and your part in them.',
    sql: `select m.workspace_id as id, w.name as workspace, coalesce(r.name, m.role) as role,
        ${isoTime('m.created_at')} as "joinedAt"
      from membership m join workspace w on w.id = m.workspace_id left join workspace_role r on r.id = m.role_id
      where m.user_id = $1 ${page('m.workspace_id')}`,
  },
  'workspaces/projects': {
    about: 'The projects that you belong to, and your part in them.',
    sql: `select p.project_id as id, w.name as workspace, coalesce(r.name, p.role) as role,
        ${isoTime('p.created_at')} as "joinedAt"
      from membership m join project_membership p on p.workspace_id = m.workspace_id and p.user_id = m.user_id
        join workspace w on w.id = m.workspace_id left join workspace_role r on r.id = p.role_id
      where m.user_id = $1 ${page('p.project_id')}`,
  },
  'workspaces/invitations-sent': {
    about: 'The invitations that you sent, to the addresses that you gave.',
    sql: `select i.id, w.name as workspace, i.email, coalesce(r.name, i.role) as role,
        ${isoTime('i.created_at')} as "invitedAt", ${isoTime('i.expires_at')} as "expiresAt",
        ${isoTime('i.accepted_at')} as "acceptedAt", ${isoTime('i.revoked_at')} as "revokedAt"
      from invitation i join workspace w on w.id = i.workspace_id left join workspace_role r on r.id = i.role_id
      where i.invited_by = $1 ${page('i.id')}`,
  },
  'workspaces/invitations': {
    about: 'The invitations that you accepted.',
    sql: `select i.id, w.name as workspace, i.email, i.role, ${isoTime('i.created_at')} as "invitedAt",
        ${isoTime('i.accepted_at')} as "acceptedAt"
      from invitation i join workspace w on w.id = i.workspace_id where i.accepted_by = $1 ${page('i.id')}`,
  },
  'workspaces/api-keys': {
    about: 'The API keys that you made, without the keys themselves.',
    sql: `select k.id, k.name, k.hint, k.scopes, k.allowed_addresses as "allowedAddresses", w.name as workspace,
        ${isoTime('k.created_at')} as "createdAt", ${isoTime('k.issued_at')} as "issuedAt",
        ${isoTime('k.expires_at')} as "expiresAt", ${isoTime('k.last_used_at')} as "lastUsedAt",
        ${isoTime('k.previous_last_used_at')} as "previousLastUsedAt", ${isoTime('k.revoked_at')} as "revokedAt"
      from api_key k join workspace w on w.id = k.workspace_id where k.user_id = $1 ${page('k.id')}`,
  },
  'workspaces/service-accounts': {
    about: 'The service accounts that you made. They belong to their workspace and stay there.',
    sql: `select s.id, s.name, w.name as workspace, ${isoTime('s.created_at')} as "createdAt"
      from service_account s join workspace w on w.id = s.workspace_id where s.created_by = $1 ${page('s.id')}`,
  },
};

/** What the room of accounts holds of people. */
@Injectable()
export class OwnData implements HoldsPersonalData, OnModuleInit {
  readonly room = 'users';

  constructor(
    private readonly registry: PersonalData,
    private readonly reads: Reads,
    private readonly exports: ExportFiles,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  files({ id }: DataSubject): DataFile[] {
    const tables = Object.entries(FILES).map(([path, { about, sql }]) => {
      const rows = () => rowsOf(this.reads, `users.own_data.${path}`, sql, id);
      return { path, about, rows: path === 'account/sessions' ? () => named(rows()) : rows };
    });
    const about = 'What you did and what was done to your account, as the log tells it. Others are left out.';
    return [...tables, { path: 'account/events', about, rows: () => told(eventsOfPerson(this.reads, id), id) }];
  }

  /** The archives of exports; all else goes with the account. */
  erase({ id }: DataSubject): Promise<void> {
    return this.exports.clearAll(id);
  }
}

async function* named(sessions: AsyncIterable<object>): AsyncGenerator<object> {
  for await (const session of sessions) {
    const { userAgent } = session as { userAgent: string | null };
    yield { ...session, device: deviceName(userAgent) };
  }
}

/** Who else acted is not said, nor where from: that is about them. */
async function* told(events: AsyncIterable<LogEvent>, personId: string): AsyncGenerator<object> {
  for await (const { id, type, occurredAt, workspaceId, subjectType, subjectId, actor, data } of events) {
    const own = actor.userId === personId;
    const by = own ? actor : { kind: actor.kind };
    yield {
      id,
      type,
      at: occurredAt.toISOString(),
      workspaceId,
      subject: { type: subjectType, id: subjectId },
      by,
      data,
    };
  }
}
