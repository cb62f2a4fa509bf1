import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { IssuerUnavailable } from '../identities.errors.js';
import { IssuerRequests } from './issuer-requests.js';
import type { ExternalIdentity, SignInProvider } from './provider.js';

const user = z.object({ id: z.int().positive(), name: z.string().nullish(), login: z.string() });
const emails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

/** Who somebody is at GitHub, which gives no ID token: asked of its API with the access token. */
@Injectable()
export class GithubPeople {
  constructor(private readonly requests: IssuerRequests) {}

  /** @throws IssuerUnavailable, or the fault of the connection */
  async read(provider: SignInProvider, accessToken: string): Promise<ExternalIdentity> {
    const api = apiOf(provider.issuer);
    const ask = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => {
      const parsed = schema.safeParse(await this.requests.read(provider, `${api}${path}`, accessToken));
      if (!parsed.success) throw new IssuerUnavailable(provider.name);
      return parsed.data;
    };
    const { id, name, login } = await ask('/user', user);
    const primary = (await ask('/user/emails', emails)).find((email) => email.primary);
    return {
      issuer: provider.issuer,
      // The number stays when the person takes another name.
      subject: String(id),
      email: primary?.email ?? null,
      emailVerified: primary?.verified ?? false,
      name: name ?? login,
    };
  }
}

/** An Enterprise Server serves its API itself. */
function apiOf(origin: string): string {
  return origin === 'https://github.com' ? 'https://api.github.com' : `${origin}/api/v3`;
}
