import { z } from 'zod';
import { assertion, passkey, requestOptions } from './passkeys/passkeys.schemas.js';
import { totpCode } from './totp/totp.schemas.js';

/** A way to prove a second factor. */
export const factorMethod = z.enum(['totp', 'passkey', 'recovery_code']);

const totpProof = z.strictObject({ method: z.literal('totp'), code: totpCode });
const passkeyProof = z.strictObject({ method: z.literal('passkey'), credential: assertion });
const recoveryProof = z.strictObject({
  method: z.literal('recovery_code'),
  code: z.string().min(1).max(100).describe('One of the recovery codes; case, spaces and dashes do not matter.'),
});

/** A proof of a second factor. */
export const factorProof = z.discriminatedUnion('method', [totpProof, recoveryProof, passkeyProof]);
export type FactorProof = z.infer<typeof factorProof>;

/** A proof in place of the password of somebody who is signed in; a recovery code is for coming in. */
export const factorReauthentication = z.strictObject({
  proof: z.discriminatedUnion('method', [totpProof, passkeyProof]),
});
export type FactorReauthentication = z.infer<typeof factorReauthentication>;
export type Reproof = FactorReauthentication['proof'];

/** What the second step of a sign-in asks for. */
export const secondFactorRequired = z.object({
  state: z.literal('second_factor_required'),
  challenge: z.string().describe('To be sent with the proof. It works once, for five minutes and five attempts.'),
  methods: z.array(factorMethod).describe('How the person can prove a second factor.'),
  passkey: requestOptions.nullable().describe('What a passkey is asked with; null when none would do.'),
  expiresAt: z.iso.datetime(),
});
export type SecondFactorRequired = z.infer<typeof secondFactorRequired>;

/** The second step of a sign-in. */
export const secondStep = z.strictObject({
  challenge: z.string().min(1).max(200).describe('The challenge of the first step.'),
  proof: factorProof,
  transport: z.enum(['cookie', 'body']).default('cookie').describe('How the refresh token is handed over.'),
});
export type SecondStep = z.infer<typeof secondStep>;

/** A sign-in by a passkey alone. */
export const passkeySignIn = z.strictObject({
  credential: assertion,
  transport: z.enum(['cookie', 'body']).default('cookie').describe('How the refresh token is handed over.'),
});
export type PasskeySignIn = z.infer<typeof passkeySignIn>;

/** What a person has set up. */
export const ownFactors = z.object({
  password: z.boolean().describe('Whether the account has a password; one that signs in elsewhere may have none.'),
  required: z.boolean().describe('Whether signing in with a password asks for a second factor.'),
  totp: z.object({ active: z.boolean(), since: z.iso.datetime().nullable() }),
  passkeys: z.array(passkey),
  passkeysUsable: z.boolean().describe('Whether browsers allow passkeys where this console is reached.'),
  recoveryCodesLeft: z.int(),
});
export type OwnFactors = z.infer<typeof ownFactors>;
