const CHALLENGE = 'h3Jt0Zk2m1xq8u6Yp4Wc9Nn5Rr7Tt2Vv0Bb3Dd6Ff8g';
const CREDENTIAL = 'Xq3v8n0c2kP5mZ7sT1wY4bE6hJ9lR0uA';

/** What `navigator.credentials.create()` is asked with. */
export const creationExample = {
  challenge: CHALLENGE,
  rp: { name: 'Signalbox', id: 'box.example.com' },
  user: { id: 'AZd8Xoo7fC2eT1prfI2eDw', name: 'ada@example.com', displayName: 'Ada' },
  pubKeyCredParams: [{ alg: -7, type: 'public-key' }],
  timeout: 300_000,
  attestation: 'none',
  excludeCredentials: [],
  authenticatorSelection: { residentKey: 'required', userVerification: 'required', requireResidentKey: true },
};

/** What `navigator.credentials.get()` is asked with. */
export const requestExample = {
  challenge: CHALLENGE,
  rpId: 'box.example.com',
  timeout: 300_000,
  allowCredentials: [],
  userVerification: 'required',
};

/** The answer of `navigator.credentials.create()`, shortened. */
export const attestationExample = {
  id: CREDENTIAL,
  rawId: CREDENTIAL,
  type: 'public-key',
  clientExtensionResults: {},
  response: {
    clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0',
    attestationObject: 'o2NmbXQ',
    transports: ['internal'],
  },
};

/** The answer of `navigator.credentials.get()`, shortened. */
export const assertionExample = {
  id: CREDENTIAL,
  rawId: CREDENTIAL,
  type: 'public-key',
  clientExtensionResults: {},
  response: {
    clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0',
    authenticatorData: 'SZYN5YgOjGh0NBcP',
    signature: 'MEUCIQDk',
    userHandle: 'AZd8Xoo7fC2eT1prfI2eDw',
  },
};
