import { DeletionMails } from './deletions/deletion-mails.js';
import { DeletionsController } from './deletions/deletions.controller.js';
import { DeletionsService } from './deletions/deletions.service.js';
import { Departures } from './deletions/departures.js';
import { EraseAccountJob } from './deletions/erase-account.job.js';
import { Erasures } from './deletions/erasures.js';
import { KeptAccounts } from './deletions/kept-accounts.js';
import { EmailChange } from './email-changes/email-change.entity.js';
import { EmailChangeJob } from './email-changes/email-change.job.js';
import { EmailChangeLinksService } from './email-changes/email-change-links.service.js';
import { EmailChangeMails } from './email-changes/email-change-mails.js';
import { EmailChangeLinksController, EmailChangesController } from './email-changes/email-changes.controller.js';
import { EmailChangesService } from './email-changes/email-changes.service.js';
import { Evictions } from './email-changes/evictions.js';
import { ExpirePersonalExportJob, ExportPersonalDataJob } from './exports/export.jobs.js';
import { ExportFiles } from './exports/export-files.js';
import { ExportMails } from './exports/export-mails.js';
import { OwnData } from './exports/own-data.js';
import { PersonalExportsController } from './exports/personal-exports.controller.js';
import { PersonalExportsService } from './exports/personal-exports.service.js';
import { PasswordChangesController } from './password-changes/password-changes.controller.js';
import { PasswordChangesService } from './password-changes/password-changes.service.js';
import { ReauthenticationMethods } from './reauthentications/reauthentication-methods.js';
import { ReauthenticationsController } from './reauthentications/reauthentications.controller.js';
import { Reauthentications } from './reauthentications/reauthentications.service.js';

/** What the users room is made of where people change their own accounts. */
export const accountEntities = [EmailChange];
export const accountControllers = [
  DeletionsController,
  EmailChangeLinksController,
  EmailChangesController,
  PasswordChangesController,
  PersonalExportsController,
  ReauthenticationsController,
];
export const accountProviders = [
  DeletionMails,
  DeletionsService,
  Departures,
  EmailChangeJob,
  EmailChangeLinksService,
  EmailChangeMails,
  EmailChangesService,
  EraseAccountJob,
  Erasures,
  Evictions,
  ExpirePersonalExportJob,
  ExportFiles,
  ExportMails,
  ExportPersonalDataJob,
  KeptAccounts,
  OwnData,
  PasswordChangesService,
  PersonalExportsService,
  ReauthenticationMethods,
  Reauthentications,
];
