export {
  makeHmacSecret,
  makeSigningKey,
  parseSecret,
  publicKeyOf,
  WebhookSecretInvalid,
  type SecretKind,
  type WebhookSecret,
} from './webhook-secrets.js';
export { signWebhook, webhookHeaders, type WebhookMessage } from './sign-webhook.js';
