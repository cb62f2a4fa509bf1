import { ServiceAccount } from './service-account.entity.js';
import { ServiceAccountsController } from './service-accounts.controller.js';
import { ServiceAccountQueries } from './service-accounts.queries.js';
import { ServiceAccountsService } from './service-accounts.service.js';

/** What the users room is made of where principals that are no people are concerned. */
export const serviceAccountEntities = [ServiceAccount];
export const serviceAccountControllers = [ServiceAccountsController];
export const serviceAccountProviders = [ServiceAccountQueries, ServiceAccountsService];
