import { describe, expect, it } from '@jest/globals';
import { InstanceConfig, readConfig } from '#platform/config/index.js';
import { HttpConfig } from '#platform/http/index.js';
import { FactorsConfig } from '../factors.config.js';
import { RelyingParty } from './relying-party.js';

const party = (env: Record<string, string>) =>
  new RelyingParty(readConfig(InstanceConfig, env), readConfig(HttpConfig, env), readConfig(FactorsConfig, env));

describe('what browsers know the instance by', () => {
  it.each([
    [{ SIGNALBOX_PUBLIC_URL: 'https://box.example.com' }, 'box.example.com', ['https://box.example.com']],
    [
      { SIGNALBOX_PUBLIC_URL: 'https://box.example.com:8443', SIGNALBOX_PASSKEY_DOMAIN: 'example.com' },
      'example.com',
      ['https://box.example.com:8443'],
    ],
    [{ SIGNALBOX_PORT: '4000' }, 'localhost', ['http://localhost:4000']],
    [
      {
        SIGNALBOX_PUBLIC_URL: 'https://api.example.com',
        SIGNALBOX_PASSKEY_DOMAIN: 'example.com',
        SIGNALBOX_CORS_ORIGINS: 'https://console.example.com,https://other.example',
      },
      'example.com',
      ['https://api.example.com', 'https://console.example.com'],
    ],
  ])('follows the settings: %j', (env, id, origins) => {
    const { id: found, origins: from } = party(env as unknown as Record<string, string>);
    expect([found, from]).toEqual([id, origins]);
  });

  it.each(['example.org', 'x.example.com', 'ample.com'])('is not the domain of somebody else: %s', (domain) => {
    const env = { SIGNALBOX_PUBLIC_URL: 'https://example.com', SIGNALBOX_PASSKEY_DOMAIN: domain };
    expect(() => party(env)).toThrow('SIGNALBOX_PASSKEY_DOMAIN: must be example.com');
  });

  it.each(['Example.com', 'https://example.com', 'exa mple', '.com', ''])('is a domain: %j', (domain) => {
    const env = { SIGNALBOX_PUBLIC_URL: 'https://example.com', SIGNALBOX_PASSKEY_DOMAIN: domain };
    if (domain === '') expect(party(env).id).toBe('example.com');
    else expect(() => party(env)).toThrow('must be a domain in lower case');
  });
});
