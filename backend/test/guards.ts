// What every answer tells browsers, whoever answers and whatever the outcome.
import { expect } from '@jest/globals';

const GUARDS: Record<string, RegExp> = {
  'content-security-policy':
    /^(?!.*(unsafe|\*|data:\s*script))(?=.*default-src '(self|none)')(?=.*script-src '(self|none)'(;|$))(?=.*style-src '(self|sha256-[\w+/]{43}=)'( 'nonce-[\w+/]{22}==')?(;|$))(?=.*object-src 'none')(?=.*base-uri 'none')(?=.*frame-ancestors 'none')/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'permissions-policy': /camera=\(\).*geolocation=\(\).*microphone=\(\).*publickey-credentials-get=\(self\)/,
  'referrer-policy': /^no-referrer$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
};

/**
 * Expects the headers of one answer to hold all of them, each once.
 *
 * @param headers names in lower case
 * @param secure whether people reach the instance over https
 */
export function expectGuarded(headers: Record<string, unknown>, secure = false): void {
  const missing = Object.keys(GUARDS).filter((name) => !GUARDS[name]?.test(String(headers[name] ?? '')));
  expect(Object.fromEntries(missing.map((name) => [name, headers[name]]))).toEqual({});
  expect(headers['strict-transport-security']).toEqual(secure ? expect.stringMatching(/^max-age=\d{8}/) : undefined);
  for (const name of ['x-powered-by', 'server']) expect(headers[name]).toBeUndefined();
}
