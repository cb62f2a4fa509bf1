import { z } from 'zod';
import { shownName } from '../../accounts/accounts.schemas.js';
import { withRecoveryCodes } from '../totp/totp.schemas.js';

const bytes = (max: number) =>
  z
    .string()
    .min(1)
    .max(max, `must be at most ${max} characters`)
    .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url');

// Browsers add fields as the specification grows: what is not used is let by, and never stored.
const credential = {
  id: bytes(1400),
  rawId: bytes(1400),
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}).default({}),
};

/** What a passkey signed: the JSON form of a browser's `PublicKeyCredential` from `navigator.credentials.get()`. */
export const assertion = z
  .looseObject({
    ...credential,
    response: z.looseObject({
      clientDataJSON: bytes(8000),
      authenticatorData: bytes(8000),
      signature: bytes(8000),
      userHandle: bytes(200).nullish(),
    }),
  })
  .describe('The answer of navigator.credentials.get(), by its toJSON().');
export type Assertion = z.infer<typeof assertion>;

/** A new passkey: the JSON form of the answer of `navigator.credentials.create()`. */
export const attestation = z
  .looseObject({
    ...credential,
    response: z.looseObject({
      clientDataJSON: bytes(8000),
      attestationObject: bytes(60_000),
      transports: z.array(z.string().max(30)).max(10).default([]),
    }),
  })
  .describe('The answer of navigator.credentials.create(), by its toJSON().');
export type Attestation = z.infer<typeof attestation>;

/** What `navigator.credentials.get()` is asked with (`PublicKeyCredential.parseRequestOptionsFromJSON`). */
export const requestOptions = z
  .looseObject({ challenge: z.string(), rpId: z.string().optional() })
  .describe('For PublicKeyCredential.parseRequestOptionsFromJSON().');

/** What `navigator.credentials.create()` is asked with (`PublicKeyCredential.parseCreationOptionsFromJSON`). */
export const creationOptions = z
  .looseObject({ challenge: z.string() })
  .describe('For PublicKeyCredential.parseCreationOptionsFromJSON().');

/** A passkey to be added. */
export const newPasskey = z.strictObject({
  name: shownName.default('Passkey').describe('What its owner calls it, such as the device it is on.'),
  credential: attestation,
});
export type NewPasskey = z.infer<typeof newPasskey>;

/** A change of a passkey. */
export const passkeyChange = z.strictObject({ name: shownName });
export type PasskeyChange = z.infer<typeof passkeyChange>;

/** The path of a passkey. */
export const passkeyPath = z.object({ passkeyId: z.uuid() });
export type PasskeyPath = z.infer<typeof passkeyPath>;

/** A passkey as its owner sees it. */
export const passkey = z.object({
  id: z.uuid(),
  name: z.string(),
  synced: z.boolean().describe("Whether it may be copied between the person's devices."),
  suspended: z.boolean().describe('Whether it was suspended because a copy of it may exist.'),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
});
export type PasskeyShown = z.infer<typeof passkey>;

/** The answer to a passkey that was added. */
export const passkeyAdded = withRecoveryCodes.extend({ passkey });
