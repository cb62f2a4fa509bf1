import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Global, Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { Authenticator, StandingCredentials } from '#platform/access/index.js';
import { HttpClientModule } from '#platform/http-client/index.js';
import { FiltersModule } from '#platform/filters/index.js';
import { UsersSight } from './users-sight.js';
import { Account } from './accounts/account.entity.js';
import { AccountMails } from './accounts/account-mails.js';
import { accountControllers, accountEntities, accountProviders } from './accounts/accounts.parts.js';
import {
  EmailVerificationsController,
  PasswordResetsController,
  ProfileController,
  RegistrationsController,
} from './accounts/accounts.controller.js';
import { EmailVerificationJob, PasswordResetJob } from './accounts/accounts.jobs.js';
import { EmailVerificationsService } from './accounts/email-verifications.service.js';
import { OneTimeTokens } from './accounts/one-time-tokens.js';
import { PasswordResetsService } from './accounts/password-resets.service.js';
import { Passwords } from './accounts/passwords.js';
import { ProfileService } from './accounts/profile.service.js';
import { SignUpJob } from './accounts/sign-up.job.js';
import { RegistrationsService } from './accounts/registrations.service.js';
import { ApiKey } from './api-keys/api-key.entity.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ApiKeyQueries } from './api-keys/api-keys.queries.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { KeyUses } from './api-keys/key-uses.js';
import { LiveKeys } from './api-keys/live-keys.js';
import { AccountUnlocksController } from './guessing/account-unlocks.controller.js';
import { AccountUnlockJob, AccountUnlocksService } from './guessing/account-unlocks.service.js';
import { GuessCounts } from './guessing/guess-counts.js';
import { FamiliarBrowsers } from './guessing/familiar-browsers.js';
import { LockMails } from './guessing/lock-mails.js';
import { LockNoticeJob } from './guessing/lock-notice.job.js';
import { SignInGuard } from './guessing/sign-in-guard.js';
import { PasswordStrength } from './guessing/strength/password-strength.js';
import { PasswordStrengthController } from './guessing/strength/strength.controller.js';
import { factorControllers, factorEntities, factorProviders } from './factors/factors.parts.js';
import { identityControllers, identityEntities, identityProviders } from './identities/identities.parts.js';
import { Invitation } from './members/invitation.entity.js';
import { InvitationMails } from './members/invitation-mails.js';
import { InvitationLinksController, InvitationsController } from './members/invitations.controller.js';
import { InvitationsService } from './members/invitations.service.js';
import { Seats } from './members/seats.js';
import { MembersController } from './members/members.controller.js';
import { MembersService } from './members/members.service.js';
import { membershipControllers, membershipEntities, membershipProviders } from './memberships.parts.js';
import {
  serviceAccountControllers,
  serviceAccountEntities,
  serviceAccountProviders,
} from './service-accounts/service-accounts.parts.js';
import { AccessTokenStrategy } from './sessions/access-token.strategy.js';
import { AccessTokens } from './sessions/access-tokens.js';
import { CsrfTokens } from './sessions/csrf-tokens.js';
import { DeviceMails } from './sessions/device-mails.js';
import { KnownDevices } from './sessions/known-devices.js';
import { LiveCredentials } from './sessions/live-credentials.js';
import { LiveSessions } from './sessions/live-sessions.js';
import { OwnSessionsController } from './sessions/own-sessions.controller.js';
import { OwnSessionsService } from './sessions/own-sessions.service.js';
import { RefreshTokens } from './sessions/refresh-tokens.js';
import { RequestAuthenticator } from './sessions/request-authenticator.js';
import { Session } from './sessions/session.entity.js';
import { SessionCookie } from './sessions/session-cookie.js';
import { SessionUses } from './sessions/session-uses.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SignIns } from './sessions/sign-ins.js';
import { SetupApi } from './setup/setup.api.js';
import { SetupCode } from './setup/setup-code.js';
import { UsersApi } from './users.api.js';
import { Workspace } from './workspaces/workspace.entity.js';
import { WorkspacesController } from './workspaces/workspaces.controller.js';
import { WorkspacesService } from './workspaces/workspaces.service.js';

const accounts = [
  AccountMails,
  EmailVerificationJob,
  EmailVerificationsService,
  OneTimeTokens,
  PasswordResetJob,
  PasswordResetsService,
  Passwords,
  ProfileService,
  RegistrationsService,
  SignUpJob,
];
const sessions = [
  AccessTokenStrategy,
  AccessTokens,
  CsrfTokens,
  DeviceMails,
  KnownDevices,
  LiveCredentials,
  LiveSessions,
  OwnSessionsService,
  RefreshTokens,
  RequestAuthenticator,
  SessionCookie,
  SessionUses,
  SessionsService,
  SignIns,
];
const guessing = [
  AccountUnlockJob,
  AccountUnlocksService,
  GuessCounts,
  FamiliarBrowsers,
  LockMails,
  LockNoticeJob,
  PasswordStrength,
  SignInGuard,
];
const workspaces = [InvitationMails, InvitationsService, MembersService, Seats, WorkspacesService];
const keys = [ApiKeyQueries, ApiKeysService, KeyUses, LiveKeys];

/** People: accounts, sessions, workspaces with their members, API keys, and the first owner. */
@Global()
@Module({
  imports: [
    HttpClientModule,
    FiltersModule,
    JwtModule.register({}),
    MikroOrmModule.forFeature([
      Account,
      ApiKey,
      Invitation,
      Session,
      Workspace,
      ...accountEntities,
      ...factorEntities,
      ...membershipEntities,
      ...identityEntities,
      ...serviceAccountEntities,
    ]),
  ],
  controllers: [
    AccountUnlocksController,
    ApiKeysController,
    EmailVerificationsController,
    InvitationLinksController,
    InvitationsController,
    MembersController,
    OwnSessionsController,
    PasswordResetsController,
    PasswordStrengthController,
    ProfileController,
    RegistrationsController,
    SessionsController,
    WorkspacesController,
    ...accountControllers,
    ...factorControllers,
    ...membershipControllers,
    ...identityControllers,
    ...serviceAccountControllers,
  ],
  providers: [
    UsersSight,
    ...accounts,
    ...accountProviders,
    ...sessions,
    ...factorProviders,
    ...identityProviders,
    ...serviceAccountProviders,
    ...guessing,
    ...workspaces,
    ...membershipProviders,
    ...keys,
    SetupApi,
    SetupCode,
    UsersApi,
    { provide: Authenticator, useExisting: RequestAuthenticator },
    { provide: StandingCredentials, useExisting: LiveCredentials },
  ],
  exports: [Authenticator, StandingCredentials, SetupApi, UsersApi],
})
export class UsersModule {}
