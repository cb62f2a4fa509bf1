import { IdentitiesController, IdentitySignInsController } from './identities.controller.js';
import { IdentitiesService } from './identities.service.js';
import { Identity } from './identity.entity.js';
import { IdentitySignIns } from './identity-sign-ins.js';
import { JourneyCookie } from './journeys/journey-cookie.js';
import { Journeys } from './journeys/journeys.js';
import { GithubPeople } from './providers/github-people.js';
import { IssuerRequests } from './providers/issuer-requests.js';
import { Issuers } from './providers/issuers.js';
import { SignInProviders } from './providers/sign-in-providers.js';

/** What the users room is made of here. */
export const identityEntities = [Identity];
export const identityControllers = [IdentitiesController, IdentitySignInsController];
export const identityProviders = [
  GithubPeople,
  IdentitiesService,
  IdentitySignIns,
  IssuerRequests,
  Issuers,
  JourneyCookie,
  Journeys,
  SignInProviders,
];
