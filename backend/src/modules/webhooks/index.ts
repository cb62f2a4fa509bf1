export { WebhooksModule } from './webhooks.module.js';
export { webhookRestoreActs } from './webhooks.restore-acts.js';
