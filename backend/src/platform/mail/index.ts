export { addressOf } from './addresses.js';
export type { Address } from './addresses.js';
export { MailConfig } from './mail.config.js';
export { MailDeferred, MailInvalid, MailRejected } from './mail.errors.js';
export { MailApiModule } from './mail-api.module.js';
export { MailModule } from './mail.module.js';
export type { Mail, MailBlock, MailContent, QueuedMail } from './mail.types.js';
export { Mailer } from './mailer.js';
export { renderMail } from './render-mail.js';
