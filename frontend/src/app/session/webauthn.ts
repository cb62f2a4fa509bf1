import { Problem } from '../api/problem';

/** Whether this browser can ask for passkeys in the words that the server uses. */
export const passkeysKnown = (): boolean =>
  typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

/** A credential as the API takes it. */
interface CredentialJson {
  id: string;
  rawId: string;
  type: 'public-key';
}
export type Assertion = CredentialJson & {
  response: { clientDataJSON: string; authenticatorData: string; signature: string };
};
export type Attestation = CredentialJson & { response: { clientDataJSON: string; attestationObject: string } };

/**
 * Asks for a passkey that exists.
 *
 * @param options what the server gave
 * @param quietly with a signal that ends it: offered among the names that the browser fills in, instead of a window
 * @throws Problem `passkey_dismissed` when the person did not go through with it
 */
export async function askForPasskey(options: object, quietly?: AbortSignal): Promise<Assertion> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  return shown(() =>
    navigator.credentials.get({ publicKey, ...(quietly && { signal: quietly, mediation: 'conditional' }) }),
  );
}

/** Makes a passkey. @throws Problem as above, and `passkey_held` when the device has one already */
export async function makePasskey(options: object): Promise<Attestation> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  return shown(() => navigator.credentials.create({ publicKey }));
}

/** True in browsers that offer passkeys among the names they fill in. */
export async function offersQuietly(): Promise<boolean> {
  return passkeysKnown() && (await PublicKeyCredential.isConditionalMediationAvailable?.()) === true;
}

async function shown<T>(ask: () => Promise<Credential | null>): Promise<T> {
  try {
    const credential = await ask();
    if (!(credential instanceof PublicKeyCredential)) throw dismissed();
    return credential.toJSON() as unknown as T;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'InvalidStateError')
      throw new Problem(-1, 'passkey_held', $localize`This device holds a passkey of your account already.`);
    if (error instanceof DOMException) throw dismissed();
    throw error;
  }
}

/** Browsers do not tell a refusal from a person who closed the window, or from a device that has no passkey. */
const dismissed = (): Problem =>
  new Problem(-1, 'passkey_dismissed', $localize`No passkey was used: the window was closed, or none fits.`);
