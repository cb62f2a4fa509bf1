import { Injectable } from '@nestjs/common';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { parse as uuidBytes, stringify as uuidText } from 'uuid';
import type { Account } from '../../accounts/account.entity.js';
import type { NewCredential, Passkey } from './passkey.entity.js';
import type { Assertion, Attestation } from './passkeys.schemas.js';
import { RelyingParty } from './relying-party.js';

/** Seconds that a person has to answer; the challenge is open as long. */
export const PASSKEY_SECONDS = 300;

// ES256, EdDSA and RS256: what authenticators make, and nothing weaker.
const ALGORITHMS = [-7, -8, -257];
const NO_COUNTER = -1;

/** What a passkey proved. */
export interface Proof {
  /** Uses that the authenticator reports. */
  counter: number;
}

/**
 * The ceremonies of WebAuthn Level 3: what browsers are asked and how their answers are checked. Attestation is not asked
 * for: any authenticator is welcome. What a check does not accept is answered with null, never with why.
 */
@Injectable()
export class WebAuthn {
  constructor(private readonly party: RelyingParty) {}

  /** What to ask for a new passkey: one that finds its account by itself, where the authenticator can. */
  registration(
    account: Account,
    known: readonly Passkey[],
    challenge: string,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    return generateRegistrationOptions({
      rpName: 'Signalbox',
      rpID: this.party.id,
      userName: account.email,
      userDisplayName: account.name,
      userID: uuidBytes(account.id) as Uint8Array<ArrayBuffer>,
      challenge: bytesOf(challenge),
      timeout: PASSKEY_SECONDS * 1000,
      attestationType: 'none',
      excludeCredentials: known.map(descriptor),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
    });
  }

  /** The credential that was made, or null when the answer does not fit the challenge, this site, or WebAuthn. */
  async newCredential(given: Attestation, challenge: string): Promise<NewCredential | null> {
    const answer = await refusedAsNull(() =>
      verifyRegistrationResponse({
        response: given as RegistrationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: this.party.origins,
        expectedRPID: this.party.id,
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      }),
    );
    if (!answer?.verified) return null;
    const { credential, credentialDeviceType } = answer.registrationInfo;
    return {
      credentialId: credential.id,
      publicKey: credential.publicKey,
      counter: credential.counter,
      transports: given.response.transports,
      synced: credentialDeviceType === 'multiDevice',
    };
  }

  /**
   * What to ask an existing passkey.
   *
   * @param allowed the passkeys that will do; none when the passkey shall say whose it is
   * @param verification whether the authenticator shall verify its owner, or to have it is enough
   */
  request(
    challenge: string,
    allowed: readonly Passkey[],
    verification: 'required' | 'discouraged',
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return generateAuthenticationOptions({
      rpID: this.party.id,
      challenge: bytesOf(challenge),
      timeout: PASSKEY_SECONDS * 1000,
      allowCredentials: allowed.map(descriptor),
      userVerification: verification,
    });
  }

  /**
   * What a passkey proved, or null when its answer does not fit it, the challenge or this site. The counter is the caller's
   * business: only a signed one says anything.
   *
   * @param verified whether the authenticator must have verified the person, by a PIN or a finger
   */
  async proof(given: Assertion, passkey: Passkey, challenge: string, verified: boolean): Promise<Proof | null> {
    const answer = await refusedAsNull(() =>
      verifyAuthenticationResponse({
        response: given as AuthenticationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: this.party.origins,
        expectedRPID: this.party.id,
        requireUserVerification: verified,
        credential: {
          id: passkey.credentialId,
          publicKey: new Uint8Array(passkey.publicKey),
          counter: NO_COUNTER,
        },
      }),
    );
    return answer?.verified ? { counter: answer.authenticationInfo.newCounter } : null;
  }
}

/** The challenge that a browser says it answered; it is believed only once it is found among the open ones. */
export function challengeOf({ response }: Assertion | Attestation): string {
  try {
    const said = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString('utf8')) as {
      challenge?: unknown;
    } | null;
    return typeof said?.challenge === 'string' ? said.challenge : '';
  } catch (error) {
    if (error instanceof SyntaxError) return '';
    throw error;
  }
}

/** The account that a passkey names by itself, or null when it names none. */
export function accountOf({ response }: Assertion): string | null {
  const bytes = Buffer.from(response.userHandle ?? '', 'base64url');
  return bytes.length === 16 ? uuidText(bytes, 0) : null;
}

function descriptor({ credentialId, transports }: Passkey): { id: string; transports: AuthenticatorTransport[] } {
  return { id: credentialId, transports: transports as AuthenticatorTransport[] };
}

function bytesOf(challenge: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(challenge, 'base64url'));
}

/** The library throws a plain Error for whatever it does not accept, malformed bytes included. */
async function refusedAsNull<T>(check: () => Promise<T>): Promise<T | null> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
