// An authenticator for specs, in software: it makes passkeys and signs with them as WebAuthn Level 3 says, and, where a spec
// asks for it, as it forbids. What browsers really do is in the specs that drive one.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import type { TestApplication } from './application.js';
import type { TestPerson } from './factories.js';

/** What a site asks; the parts that are looked at. */
interface Options {
  challenge: string;
  user?: { id: string };
}

/** How an answer differs from a right one. */
export interface Forgery {
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  counter?: number;
  /** 0x01 present, 0x04 verified. */
  flags?: number;
  /** base64url; undefined leaves it out. */
  userHandle?: string | undefined;
  credentialId?: string;
}

const PRESENT_AND_VERIFIED = 0x05;
const ATTESTED = 0x40;

/** A passkey that exists on this authenticator. */
export class TestPasskey {
  readonly id = randomBytes(32).toString('base64url');
  counter = 0;
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private user = '';

  constructor(
    private readonly origin: string,
    /** Whether it counts its uses. */
    private readonly counts = false,
  ) {}

  /** The answer of `navigator.credentials.create()`. */
  create({ challenge, user }: Options, forged: Forgery = {}): object {
    this.user = user?.id ?? '';
    const id = Buffer.from(this.id, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, cose(this.keys.publicKey)]);
    const authData = Buffer.concat([this.authData(forged, ATTESTED), attested]);
    const attestationObject = isoCBOR.encode(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', new Uint8Array(authData)],
      ]) as never,
    );
    return this.answer({
      clientDataJSON: this.clientData('webauthn.create', challenge, forged),
      attestationObject: Buffer.from(attestationObject).toString('base64url'),
      transports: ['internal'],
    });
  }

  /** The answer of `navigator.credentials.get()`. */
  get({ challenge }: Options, forged: Forgery = {}, by: KeyObject = this.keys.privateKey): object {
    if (this.counts) this.counter++;
    const authData = this.authData(forged);
    const clientDataJSON = this.clientData('webauthn.get', challenge, forged);
    const signed = Buffer.concat([authData, sha256(Buffer.from(clientDataJSON, 'base64url'))]);
    return this.answer(
      {
        clientDataJSON,
        authenticatorData: authData.toString('base64url'),
        signature: sign('sha256', signed, by).toString('base64url'),
        userHandle: 'userHandle' in forged ? forged.userHandle : this.user,
      },
      forged.credentialId,
    );
  }

  private authData({ rpId, flags = PRESENT_AND_VERIFIED, counter = this.counter }: Forgery, more = 0): Buffer {
    const tail = Buffer.alloc(5);
    tail.writeUInt8(flags | more, 0);
    tail.writeUInt32BE(counter, 1);
    return Buffer.concat([sha256(Buffer.from(rpId ?? new URL(this.origin).hostname)), tail]);
  }

  private clientData(type: string, challenge: string, forged: Forgery): string {
    const said = { type, challenge, origin: this.origin, crossOrigin: false };
    const { type: t = said.type, challenge: c = said.challenge, origin: o = said.origin } = forged;
    return Buffer.from(JSON.stringify({ ...said, type: t, challenge: c, origin: o })).toString('base64url');
  }

  private answer(response: object, id = this.id): object {
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }
}

/** Registers a passkey for a person, by their session. */
export async function passkeyOf(
  spec: Pick<TestApplication, 'request'>,
  origin: string,
  person: Pick<TestPerson, 'headers'>,
  { name = 'Laptop', counts = false } = {},
): Promise<{ passkey: TestPasskey; id: string; recoveryCodes: string[] | null }> {
  const { headers } = person;
  const options = (await spec.request('POST', '/api/v1/me/passkeys/challenge', { headers })).json<Options>();
  const passkey = new TestPasskey(origin, counts);
  const payload = { name, credential: passkey.create(options) };
  const added = await spec.request('POST', '/api/v1/me/passkeys', { headers, payload });
  if (added.statusCode !== 201) throw new Error(`The passkey was not added: ${added.body}`);
  const answer = added.json<{ passkey: { id: string }; recoveryCodes: string[] | null }>();
  return { passkey, id: answer.passkey.id, recoveryCodes: answer.recoveryCodes };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** The key in COSE's form (RFC 9053): kty EC2, alg ES256, curve P-256, x, y. */
function cose(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
  const map = new Map<number, number | Uint8Array>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, bytes(x)],
    [-3, bytes(y)],
  ]);
  return Buffer.from(isoCBOR.encode(map as never));
}
