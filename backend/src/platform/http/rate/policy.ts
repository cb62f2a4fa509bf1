import { HttpConfig } from '../http.config.js';

/** How often something may happen. */
export interface RatePolicy {
  /** The name in headers and keys. */
  name: string;
  limit: number;
  windowSeconds: number;
}

/** What a count says. */
export interface RateVerdict {
  allowed: boolean;
  policy: RatePolicy;
  remaining: number;
  /** Seconds until the window ends or the block is lifted. */
  resetSeconds: number;
}

/** The policies of the instance, by who asks and what for. */
export interface RatePolicies {
  anonymous: RatePolicy;
  user: RatePolicy;
  apiKey: RatePolicy;
  auth: RatePolicy;
  upload: RatePolicy;
  export: RatePolicy;
}

/** The policies that the settings say. */
export function ratePolicies(config: HttpConfig): RatePolicies {
  const perMinute = (name: string, limit: number): RatePolicy => ({ name, limit, windowSeconds: 60 });
  return {
    anonymous: perMinute('anonymous', config.rateAnonymous),
    user: perMinute('user', config.rateUser),
    apiKey: perMinute('api-key', config.rateApiKey),
    auth: perMinute('auth', config.rateAuth),
    upload: perMinute('upload', config.rateUpload),
    export: perMinute('export', config.rateExport),
  };
}

/**
 * `RateLimit-Policy` and `RateLimit` as draft-ietf-httpapi-ratelimit-headers-10 spells them, with `Retry-After` when the
 * request is refused.
 */
export function rateHeaders({ allowed, policy, remaining, resetSeconds }: RateVerdict): Record<string, string> {
  return {
    'RateLimit-Policy': `"${policy.name}";q=${policy.limit};w=${policy.windowSeconds}`,
    RateLimit: `"${policy.name}";r=${remaining};t=${resetSeconds}`,
    ...(allowed ? {} : { 'Retry-After': String(Math.max(1, resetSeconds)) }),
  };
}
