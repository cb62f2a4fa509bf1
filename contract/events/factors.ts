import { z } from 'zod';
import { defineEvents } from './define.js';

const factor = z.enum(['totp', 'passkey', 'recovery_code']);
const provider = z.string();

/** Events of second factors, passkeys and identities of other issuers. All but the policy belong to the system workspace. */
export const factorEvents = defineEvents({
  'totp.enabled': {
    version: 1,
    subject: 'user',
    data: z.object({}),
    about: 'A person set up an authenticator app.',
  },
  'totp.disabled': {
    version: 1,
    subject: 'user',
    data: z.object({}),
    about: 'A person turned their authenticator app off.',
  },
  'recovery_codes.replaced': {
    version: 1,
    subject: 'user',
    data: z.object({ codes: z.int() }),
    about: 'A person got new recovery codes; the earlier ones stopped working.',
  },
  'recovery_code.used': {
    version: 1,
    subject: 'user',
    data: z.object({ left: z.int() }),
    about: 'A recovery code was used.',
  },
  'second_factors.reset': {
    version: 1,
    subject: 'user',
    data: z.object({ totp: z.boolean(), passkeys: z.int(), recoveryCodes: z.int(), sessions: z.int() }),
    about:
      'An operator, or whoever runs the machine, removed all second factors of a person and ended so many sessions of theirs.',
  },
  'second_factor.refused': {
    version: 1,
    subject: 'user',
    data: z.object({ factor }),
    about: 'A second factor was refused.',
  },
  'passkey.added': {
    version: 1,
    subject: 'passkey',
    data: z.object({ userId: z.uuid(), name: z.string(), synced: z.boolean() }),
    about: 'A person added a passkey.',
  },
  'passkey.renamed': {
    version: 1,
    subject: 'passkey',
    data: z.object({ userId: z.uuid(), before: z.string(), after: z.string() }),
    about: 'A person renamed a passkey.',
  },
  'passkey.removed': {
    version: 1,
    subject: 'passkey',
    data: z.object({ userId: z.uuid(), name: z.string() }),
    about: 'A person removed a passkey.',
  },
  'passkey.suspended': {
    version: 1,
    subject: 'passkey',
    data: z.object({ userId: z.uuid(), name: z.string() }),
    about: 'A passkey was suspended: its counter went backwards, so a copy of it may exist.',
  },
  'passkey.refused': {
    version: 1,
    subject: 'user',
    data: z.object({ reason: z.enum(['unknown', 'challenge', 'proof']) }),
    about: 'A sign-in with a passkey was refused.',
  },
  'identity.linked': {
    version: 1,
    subject: 'identity',
    data: z.object({ userId: z.uuid(), provider }),
    about: 'A person linked an identity of another issuer.',
  },
  'identity.unlinked': {
    version: 1,
    subject: 'identity',
    data: z.object({ userId: z.uuid(), provider }),
    about: 'A person unlinked an identity of another issuer.',
  },
  'identity.refused': {
    version: 1,
    subject: 'user',
    data: z.object({ provider, reason: z.string() }),
    about: 'A sign-in through another issuer was refused.',
  },
  'workspace.second_factor_policy_changed': {
    version: 1,
    subject: 'workspace',
    data: z.object({ required: z.boolean() }),
    about: 'A workspace began or ceased to ask its people for a second factor.',
  },
});
