import { ListFields } from './fields.js';

const role = 'owner, admin, member, viewer or custom.';

/** Members of a workspace: `membership` as `m` with `user_account` as `u`. */
export const memberFields = ListFields.of('members')
  .text('name', { column: 'u.name', description: 'What the person is called.' })
  .text('email', { column: 'u.email', description: 'Their mail address.', synonyms: ['mail'] })
  .word('role', { column: 'm.role', description: role, values: ['owner', 'admin', 'member', 'viewer', 'custom'] })
  .id('role-id', { column: 'm.role_id', description: 'Id of a role of the workspace.' })
  .person('person', { column: 'm.user_id', description: 'Who it is.', synonyms: ['user'] })
  .flag('suspended', {
    column: '(m.suspended_at is not null)',
    description: 'Whether the workspace is closed to them.',
  })
  .instant('joined', { column: 'm.created_at', description: 'When they joined.', synonyms: ['created'] })
  .build();

/** Open invitations: `invitation` as `i`. */
export const invitationFields = ListFields.of('invitations')
  .text('email', { column: 'i.email', description: 'Whom it is for.', synonyms: ['mail'] })
  .word('role', { column: 'i.role', description: role, values: ['owner', 'admin', 'member', 'viewer', 'custom'] })
  .id('role-id', { column: 'i.role_id', description: 'Id of a role of the workspace.' })
  .person('by', { column: 'i.invited_by', description: 'Who invited.' })
  .flag('expired', { column: '(i.expires_at <= now())', description: 'Whether its time is over.' })
  .instant('expires', { column: 'i.expires_at', description: 'When its time is over.' })
  .instant('created', { column: 'i.created_at', description: 'When it was made.' })
  .build();

/** API keys that are not revoked: `api_key` as `k`. */
export const apiKeyFields = ListFields.of('API keys')
  .text('name', { column: 'k.name', description: 'What it is called.' })
  .set('scope', { column: 'k.scopes', description: 'A permission that it has.', synonyms: ['scopes'] })
  .person('person', { column: 'k.user_id', description: 'Whose key it is.', synonyms: ['user'] })
  .id('account', { column: 'k.service_account_id', description: 'Id of the service account whose key it is.' })
  .flag('expired', { column: '(coalesce(k.expires_at <= now(), false))', description: 'Whether its time is over.' })
  .instant('expires', { column: 'k.expires_at', description: 'When its time is over.' })
  .instant('used', { column: 'k.last_used_at', description: 'When it was used last.' })
  .instant('created', { column: 'k.created_at', description: 'When it was made.' })
  .build();

/** Service accounts: `service_account` as `s`. */
export const serviceAccountFields = ListFields.of('service accounts')
  .text('name', { column: 's.name', description: 'What it is called.' })
  .text('description', { column: 's.description', description: 'What it is for.' })
  .word('role', { column: 's.role', description: role, values: ['admin', 'member', 'viewer', 'custom'] })
  .id('role-id', { column: 's.role_id', description: 'Id of a role of the workspace.' })
  .person('by', { column: 's.created_by', description: 'Who made it.' })
  .flag('suspended', { column: '(s.suspended_at is not null)', description: 'Whether the workspace is closed to it.' })
  .instant('created', { column: 's.created_at', description: 'When it was made.' })
  .build();
