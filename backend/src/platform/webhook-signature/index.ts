export {
  makeHmacSecret,
  makeSigningKey,
  parseSecret,
  publicKeyOf,
  WebhookSecretInvalid,
  type SecretKind,
} from './webhook-secrets.js';
export { signWebhook, webhookHeaders, type WebhookMessage } from './sign-webhook.js';
