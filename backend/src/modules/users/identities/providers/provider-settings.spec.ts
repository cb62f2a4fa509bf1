import { describe, expect, it } from '@jest/globals';
import { signInProviders } from './provider-settings.js';

const client = { clientId: 'us', clientSecret: 'only-we-know' };
const acme = { id: 'acme', name: 'Acme', issuer: 'https://id.acme.example', ...client };
const read = (value: unknown) => signInProviders.safeParse(typeof value === 'string' ? value : JSON.stringify(value));

describe('the setting of sign-in providers', () => {
  it('is empty when absent', () => {
    expect(signInProviders.parse(undefined)).toEqual([]);
  });

  it('knows presets, and any issuer by its address', () => {
    const given = [
      { preset: 'google', ...client },
      { preset: 'linkedin', ...client },
      { preset: 'github', ...client },
      { preset: 'github', id: 'github-work', name: 'Work', origin: 'https://github.example.com', ...client },
      acme,
      { ...acme, id: 'public', issuer: 'https://id.example/realms/one', clientSecret: null },
    ];
    const found = read(given).data ?? [];
    expect(found.map(({ id, name, protocol, issuer }) => [id, name, protocol, issuer])).toEqual([
      ['google', 'Google', 'oidc', 'https://accounts.google.com'],
      ['linkedin', 'LinkedIn', 'oidc', 'https://www.linkedin.com/oauth'],
      ['github', 'GitHub', 'github', 'https://github.com'],
      ['github-work', 'Work', 'github', 'https://github.example.com'],
      ['acme', 'Acme', 'oidc', 'https://id.acme.example'],
      ['public', 'Acme', 'oidc', 'https://id.example/realms/one'],
    ]);
    expect(found.map(({ pkce, nonce }) => [pkce, nonce])).toEqual([
      [true, true],
      [false, false],
      [true, false],
      [true, false],
      [true, true],
      [true, true],
    ]);
  });

  it.each([
    ['no JSON', '{', 'must be a JSON list'],
    ['no list', { preset: 'google', ...client }, 'expected array'],
    ['an unknown preset', [{ preset: 'myspace', ...client }], '0 preset must name a preset'],
    ['no client', [{ preset: 'google' }], '0 clientId'],
    [
      'an issuer of plain http',
      [{ ...acme, issuer: 'http://id.acme.example' }],
      '0 issuer must be an https:// address',
    ],
    ['an issuer that is none', [{ ...acme, issuer: 'acme' }], '0 issuer must be an https:// address'],
    ['an issuer with a query', [{ ...acme, issuer: 'https://a.example?x=1' }], '0 issuer must be an https:// address'],
    [
      'an issuer with a password',
      [{ ...acme, issuer: 'https://a:b@c.example' }],
      '0 issuer must be an https:// address',
    ],
    ['an id with a slash', [{ ...acme, id: '../x' }], '0 id must be 1 to 40'],
    ['a field that nobody knows', [{ ...acme, trust: true }], '0'],
    ['scopes without openid', [{ ...acme, scopes: ['email'] }], '0 scopes must hold "openid"'],
    ['one id twice', [acme, { ...acme, issuer: 'https://b.example' }], 'two have the id "acme"'],
    ['one issuer twice', [acme, { ...acme, id: 'other' }], 'two have the issuer "https://id.acme.example"'],
  ])('is refused for %s, and names no secret', (_, value, message) => {
    const { error } = read(value);
    expect(error?.issues[0]?.message).toContain(message);
    expect(JSON.stringify(error?.issues)).not.toContain('only-we-know');
  });

  it('takes an issuer on this machine without encryption', () => {
    for (const issuer of ['http://localhost:4000', 'http://127.0.0.1:4000', 'http://[::1]:4000'])
      expect(read([{ ...acme, issuer }]).success).toBe(true);
  });
});
