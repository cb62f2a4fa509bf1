import type { AuditEvent, ExportFormat } from '../trail/trail.schemas.js';
import { csvLine } from './csv.js';

const HEADER = csvLine([
  'position',
  'id',
  'at',
  'type',
  'about',
  'actor_kind',
  'actor_id',
  'user_id',
  'name',
  'operator',
  'session_id',
  'api_key_id',
  'api_key_name',
  'service_account_id',
  'service_account_name',
  'address',
  'request_id',
  'subject_type',
  'subject_id',
  'scope_kind',
  'scope_id',
  'data',
]);

/** How one format is written; `head` comes once before all lines. */
export const formats: Record<ExportFormat, { head: string; type: string; line(event: AuditEvent): string }> = {
  csv: { head: HEADER, type: 'text/csv; charset=utf-8; header=present', line: csv },
  jsonl: { head: '', type: 'application/x-ndjson; charset=utf-8', line: (event) => `${JSON.stringify(event)}\n` },
};

function csv(event: AuditEvent): string {
  const { actor, apiKey, serviceAccount, subject, scope } = event;
  return csvLine([
    event.position,
    event.id,
    event.at,
    event.type,
    event.about,
    actor.kind,
    actor.id,
    actor.userId,
    actor.name,
    actor.operator,
    event.sessionId,
    apiKey?.id ?? null,
    apiKey?.name ?? null,
    serviceAccount?.id ?? null,
    serviceAccount?.name ?? null,
    event.address,
    event.requestId,
    subject.type,
    subject.id,
    scope.kind,
    scope.id,
    event.data === null ? null : JSON.stringify(event.data),
  ]);
}
