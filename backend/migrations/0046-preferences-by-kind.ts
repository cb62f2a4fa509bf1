import { Migration } from '@mikro-orm/migrations';

/** What there was to tell of each topic when topics could be chosen. */
const KINDS: Record<string, string> = {
  address: 'address.released',
  api_key: 'api_key.created api_key.revoked api_key.rotated api_key.updated',
  channel: 'channel.created channel.disabled channel.removed channel.updated',
  deal: 'deal.corrected deal.expired deal.found deal.repriced deal.withdrawn',
  device: 'device.added',
  event: 'parked_event.discarded parked_event.retried',
  identity: 'identity.linked identity.unlinked',
  incoming_webhook:
    'incoming.received incoming_webhook.created incoming_webhook.deleted incoming_webhook.secret_rotated incoming_webhook.updated',
  instance:
    'audit.head_sent jobs.released log.pruned log.restored log_reader.rebuilt log_reader.restarted preview_mailbox.cleared',
  invitation: 'invitation.accepted invitation.created invitation.revoked',
  job: 'job.cancelled job.retried',
  mail: 'preview_mail.opened',
  message: 'message.deleted message.downloaded message.parse_requested message.parsed message.received',
  network: 'network.locked',
  passkey: 'passkey.added passkey.removed passkey.renamed passkey.suspended',
  personal_export:
    'personal_export.downloaded personal_export.expired personal_export.failed personal_export.finished personal_export.removed personal_export.requested',
  role: 'role.created role.deleted role.updated',
  service_account:
    'service_account.created service_account.deleted service_account.resumed service_account.suspended service_account.updated',
  session: 'session.ended session.reauthenticated session.reauthentication_refused session.started',
  source: 'message.refused source.created source.deleted source.failed source.recovered source.updated',
  subscription: 'subscription.created subscription.deleted subscription.joined subscription.left subscription.updated',
  user: 'account.locked account.unlocked identity.refused member.added member.removed member.resumed member.role_changed member.suspended operator.added operator.recovered operator.removed passkey.refused recovery_code.used recovery_codes.replaced second_factor.refused second_factors.reset session.refused totp.disabled totp.enabled user.deletion_cancelled user.deletion_scheduled user.email_change_cancelled user.email_change_requested user.email_change_undone user.email_changed user.email_verified user.erased user.password_changed user.password_reset_requested user.profile_updated user.registered user.signed_out',
  webhook_endpoint:
    'webhook_endpoint.created webhook_endpoint.deleted webhook_endpoint.disabled webhook_endpoint.paused webhook_endpoint.secret_rotated webhook_endpoint.updated',
  webhook_inbox: 'webhook_inbox.created webhook_inbox.deleted',
  workspace:
    'access.refused audit.export_started audit.exported billing_portal.opened checkout.started messages.parse_requested payment.failed payment.recovered plan.assigned plan.changed quota.reached quota.warned workspace.created workspace.erased workspace.handed_over workspace.resumed workspace.second_factor_policy_changed workspace.suspended workspace.updated',
};
const MEANS = Object.entries(KINDS)
  .flatMap(([topic, kinds]) => kinds.split(' ').map((kind) => `('${topic}', '${kind}')`))
  .join(', ');

/** Preferences kind by kind: a rule of a topic becomes one for each kind of it; one for all topics stays one for all kinds. */
export class PreferencesByKind0046 extends Migration {
  override up(): void {
    this.addSql(`
      update notification_preference p set rules = coalesce((
        select jsonb_agg(distinct jsonb_build_object('kind', means.kind, 'channel', rule.channel, 'enabled', rule.enabled))
          from jsonb_to_recordset(p.rules) as rule(topic text, channel text, enabled boolean)
          join (values ('*', '*'), ${MEANS}) as means(topic, kind) on means.topic = rule.topic), '[]')`);
  }

  /** A topic is on again where any of its kinds is. */
  override down(): void {
    this.addSql(`
      update notification_preference p set rules = coalesce((
        select jsonb_agg(jsonb_build_object('topic', of.topic, 'channel', of.channel, 'enabled', of.enabled))
          from (
            select means.topic, rule.channel, bool_or(rule.enabled) as enabled
              from jsonb_to_recordset(p.rules) as rule(kind text, channel text, enabled boolean)
              join (values ('*', '*'), ${MEANS}) as means(topic, kind) on means.kind = rule.kind
             group by means.topic, rule.channel) of), '[]')`);
    this.addSql('delete from notification_preference where project_id is not null');
  }
}
