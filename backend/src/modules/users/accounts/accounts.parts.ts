import { PasswordChangesController } from './password-changes/password-changes.controller.js';
import { PasswordChangesService } from './password-changes/password-changes.service.js';
import { ReauthenticationMethods } from './reauthentications/reauthentication-methods.js';
import { ReauthenticationsController } from './reauthentications/reauthentications.controller.js';
import { Reauthentications } from './reauthentications/reauthentications.service.js';

/** What the users room is made of where people change their own accounts. */
export const accountControllers = [PasswordChangesController, ReauthenticationsController];
export const accountProviders = [PasswordChangesService, ReauthenticationMethods, Reauthentications];
