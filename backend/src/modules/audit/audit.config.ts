import { z } from 'zod';
import { Config, configClass, setting, url, whole } from '#platform/config/index.js';

/** Settings of the audit trail. */
@Config
export class AuditConfig extends configClass('audit', {
  headUrl: setting(
    'SIGNALBOX_AUDIT_HEAD_URL',
    url('https', 'http').optional(),
    'Where the signed head of the log is posted to, as JSON; keep what arrives there, outside of this instance. Nowhere when absent.',
    true,
  ),
  headMail: setting(
    'SIGNALBOX_AUDIT_HEAD_MAIL',
    z.email({ error: 'must be a mail address' }).optional(),
    'Whom the signed head of the log is mailed to; nobody when absent.',
  ),
  headHours: setting(
    'SIGNALBOX_AUDIT_HEAD_HOURS',
    whole(24, 1, 720),
    'Hours between two heads that are sent: as much of the tail of the log can be cut unseen.',
  ),
}) {}
