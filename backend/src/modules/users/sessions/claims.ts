import { z } from 'zod';

/** The audience of access tokens, and the purpose of the key that signs them. */
export const AUDIENCE = 'signalbox-api';
export const SIGNING_PURPOSE = 'access-token';

/** What an access token says: whose it is, of which session, and until when (seconds since 1970). */
export const claims = z.object({ sub: z.uuid(), sid: z.uuid(), iat: z.int(), exp: z.int() });

export type Claims = z.infer<typeof claims>;
