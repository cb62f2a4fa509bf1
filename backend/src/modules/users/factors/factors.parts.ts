import { Challenges } from './challenges/challenges.js';
import { FactorChanges } from './factor-changes.js';
import { FactorMails } from './factor-mails.js';
import { FactorProofs } from './factor-proofs.js';
import { FactorsPersonalData } from './factors.personal-data.js';
import { HeldFactors } from './held-factors.js';
import { OwnFactorsController } from './own-factors.controller.js';
import { OwnFactorsService } from './own-factors.service.js';
import { Passkey } from './passkeys/passkey.entity.js';
import { PasskeyProofs } from './passkeys/passkey-proofs.js';
import { PasskeysController } from './passkeys/passkeys.controller.js';
import { PasskeysService } from './passkeys/passkeys.service.js';
import { RelyingParty } from './passkeys/relying-party.js';
import { WebAuthn } from './passkeys/webauthn.js';
import { PolicyController } from './policy/policy.controller.js';
import { PolicyNoticeJob } from './policy/policy-notice.job.js';
import { PolicyService } from './policy/policy.service.js';
import { FactorReauthenticationsController } from './reauthentication/factor-reauthentications.controller.js';
import { FactorReauthentications } from './reauthentication/factor-reauthentications.js';
import { RecoveryCodes } from './recovery-codes/recovery-codes.js';
import { RecoveryCodesController } from './recovery-codes/recovery-codes.controller.js';
import { RecoveryCodesService } from './recovery-codes/recovery-codes.service.js';
import { PasskeySignIns } from './sign-in/passkey-sign-ins.js';
import { SecondFactorSignIns } from './sign-in/second-factor-sign-ins.js';
import { SecondFactorStep } from './sign-in/second-factor-step.js';
import { SignInStepsController } from './sign-in/sign-in-steps.controller.js';
import { SignInMethods } from './sign-in-methods.js';
import { TotpFactor } from './totp/totp-factor.entity.js';
import { TotpController } from './totp/totp.controller.js';
import { TotpService } from './totp/totp.service.js';

/** What the users room is made of here. */
export const factorEntities = [Passkey, TotpFactor];
export const factorControllers = [
  FactorReauthenticationsController,
  OwnFactorsController,
  PasskeysController,
  PolicyController,
  RecoveryCodesController,
  SignInStepsController,
  TotpController,
];
export const factorProviders = [
  Challenges,
  FactorChanges,
  FactorMails,
  FactorProofs,
  FactorReauthentications,
  FactorsPersonalData,
  HeldFactors,
  OwnFactorsService,
  PasskeyProofs,
  PasskeySignIns,
  PasskeysService,
  PolicyNoticeJob,
  PolicyService,
  RecoveryCodes,
  RecoveryCodesService,
  RelyingParty,
  SecondFactorSignIns,
  SecondFactorStep,
  SignInMethods,
  TotpService,
  WebAuthn,
];
