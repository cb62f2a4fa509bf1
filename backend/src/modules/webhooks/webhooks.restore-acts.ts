import type { RestoreAct } from '#platform/event-log/index.js';

/** What a restore does to webhooks: each that waited may have been sent after the backup was made. */
export const webhookRestoreActs: readonly RestoreAct[] = [
  {
    name: 'heldWebhooks',
    sql: `
      with lanes as (update webhook_lane set owner = null, held_until = null)
      update webhook_delivery set held = true where state = 'queued'`,
    sentence: (rows) => `Webhooks that wait, held until an operator releases them: ${rows}.`,
  },
];
