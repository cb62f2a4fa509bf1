/** What a limit of a plan counts. */
export function quotaName(quota: string): string {
  switch (quota) {
    case 'members':
      return $localize`Members`;
    case 'subscriptions':
      return $localize`Subscriptions`;
    case 'storage':
      return $localize`Storage`;
    case 'api_calls':
      return $localize`API calls`;
    case 'deployments':
      return $localize`Deployments`;
    case 'webhook_endpoints':
      return $localize`Webhooks`;
    default:
      return quota.replaceAll('_', ' ');
  }
}

/** What counts, and what happens when the limit is reached. */
export function atLimit(quota: string): string {
  switch (quota) {
    case 'members':
      return $localize`Members and open invitations. At the limit nobody else can be invited; who is here stays.`;
    case 'subscriptions':
      return $localize`Paused ones too. At the limit no other can be made; those that are there go on.`;
    case 'storage':
      return $localize`Stored messages. At the limit mail waits at its sender, mailboxes keep their place, uploads are refused.`;
    case 'api_calls':
      return $localize`Requests of API keys in this calendar month (UTC). At the limit keys are refused; people never are.`;
    case 'deployments':
      return $localize`Nothing makes one yet.`;
    default:
      return $localize`At the limit more is refused; nothing that is stored is touched.`;
  }
}
