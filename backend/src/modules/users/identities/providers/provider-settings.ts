import { z } from 'zod';
import type { SignInProvider } from './provider.js';

const OIDC = ['openid', 'email', 'profile'];
const MOST = 20;

const id = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'must be 1 to 40 of a-z, 0-9 and dashes');
const text = z.string().trim().min(1, 'must not be empty').max(500, 'must be at most 500 characters');
const address = z
  .string()
  .refine(isIssuer, 'must be an https:// address without query and fragment (or http://localhost)');

const client = { clientId: text, clientSecret: text };
const shown = { id: id.optional(), name: text.max(60).optional() };

const google = z
  .strictObject({ preset: z.literal('google'), ...shown, ...client })
  .transform((given) => oidc({ id: 'google', name: 'Google', issuer: 'https://accounts.google.com', ...given }));

// LinkedIn answers a code verifier with "invalid_client" and leaves the nonce out of its ID tokens.
const linkedin = z.strictObject({ preset: z.literal('linkedin'), ...shown, ...client }).transform((given) => ({
  ...oidc({ id: 'linkedin', name: 'LinkedIn', issuer: 'https://www.linkedin.com/oauth', ...given }),
  clientAuthentication: 'client_secret_post' as const,
  nonce: false,
  pkce: false,
}));

const github = z
  .strictObject({
    preset: z.literal('github'),
    ...shown,
    ...client,
    origin: address
      .refine((text) => new URL(text).pathname === '/', 'must have no path')
      .default('https://github.com')
      .describe("GitHub's own, or that of a GitHub Enterprise Server."),
  })
  .transform(({ origin, ...given }) => ({
    ...oidc({ id: 'github', name: 'GitHub', issuer: new URL(origin).origin, ...given }),
    protocol: 'github' as const,
    scopes: ['read:user', 'user:email'],
    clientAuthentication: 'client_secret_post' as const,
    nonce: false,
  }));

const custom = z
  .strictObject({
    preset: z.undefined().optional(),
    id,
    name: text.max(60),
    issuer: address,
    clientId: text,
    clientSecret: text.nullable().default(null),
    scopes: z.array(text.max(100)).max(20).default(OIDC),
    clientAuthentication: z.enum(['client_secret_basic', 'client_secret_post']).nullable().default(null),
    nonce: z.boolean().default(true),
    pkce: z.boolean().default(true),
  })
  .refine(({ scopes }) => scopes.includes('openid'), { error: 'must hold "openid"', path: ['scopes'] })
  .transform(({ preset: _, ...given }): SignInProvider => ({ ...given, preset: null, protocol: 'oidc' }));

const provider = z.discriminatedUnion('preset', [google, linkedin, github, custom], {
  error: 'must name a preset (google, linkedin, github), or id, name and issuer',
});

const providers = z
  .array(provider)
  .max(MOST, `must be at most ${MOST}`)
  .superRefine((all, context) => {
    for (const field of ['id', 'issuer'] as const) {
      const values = all.map((one) => one[field]);
      const twice = values.find((value, at) => values.indexOf(value) !== at);
      if (twice !== undefined) context.addIssue({ code: 'custom', message: `two have the ${field} "${twice}"` });
    }
  });

/** The providers of a setting: a JSON list. Faults name the place, never a value: there are secrets among them. */
export const signInProviders = z
  .string()
  .default('[]')
  .transform((given, context): SignInProvider[] => {
    const fault = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    const parsed = jsonOf(given);
    if (parsed === undefined)
      return fault('must be a JSON list, such as [{"preset":"google","clientId":"…","clientSecret":"…"}]');
    const read = providers.safeParse(parsed);
    if (read.success) return read.data;
    const issue = read.error.issues[0];
    return fault([...(issue?.path ?? []).map(String), issue?.message ?? 'is wrong'].join(' '));
  });

function oidc(given: {
  preset: 'google' | 'linkedin' | 'github';
  id: string;
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
}): SignInProvider {
  return { ...given, protocol: 'oidc', scopes: OIDC, clientAuthentication: null, nonce: true, pkce: true };
}

function isIssuer(given: string): boolean {
  if (!URL.canParse(given) || /[?#\s]/.test(given)) return false;
  const { protocol, hostname, username, password } = new URL(given);
  if (username || password) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** True for the names of this machine, which need no encryption. */
export function isLoopback(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

function jsonOf(given: string): unknown {
  try {
    return JSON.parse(given) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
