import { EmailChange } from './email-changes/email-change.entity.js';
import { EmailChangeJob } from './email-changes/email-change.job.js';
import { EmailChangeLinksService } from './email-changes/email-change-links.service.js';
import { EmailChangeMails } from './email-changes/email-change-mails.js';
import { EmailChangeLinksController, EmailChangesController } from './email-changes/email-changes.controller.js';
import { EmailChangesService } from './email-changes/email-changes.service.js';
import { PasswordChangesController } from './password-changes/password-changes.controller.js';
import { PasswordChangesService } from './password-changes/password-changes.service.js';
import { ReauthenticationMethods } from './reauthentications/reauthentication-methods.js';
import { ReauthenticationsController } from './reauthentications/reauthentications.controller.js';
import { Reauthentications } from './reauthentications/reauthentications.service.js';

/** What the users room is made of where people change their own accounts. */
export const accountEntities = [EmailChange];
export const accountControllers = [
  EmailChangeLinksController,
  EmailChangesController,
  PasswordChangesController,
  ReauthenticationsController,
];
export const accountProviders = [
  EmailChangeJob,
  EmailChangeLinksService,
  EmailChangeMails,
  EmailChangesService,
  PasswordChangesService,
  ReauthenticationMethods,
  Reauthentications,
];
