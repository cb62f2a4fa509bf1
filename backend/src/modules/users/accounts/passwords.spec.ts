import { describe, expect, it } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import { Passwords } from './passwords.js';
import { UsersConfig } from '../users.config.js';
import { readConfig } from '#platform/config/index.js';

const passwords = new Passwords(readConfig(UsersConfig, {}));

describe('Passwords', () => {
  it('stores Argon2id at the cost it states, with a salt of its own each time', async () => {
    const [one, two] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(passwords.outdated(one)).toBe(false);
    await expect(passwords.matches(one, 'correct horse')).resolves.toBe(true);
    await expect(passwords.matches(one, 'Correct horse')).resolves.toBe(false);
  });

  it('takes every way of composing the same characters for the same password', async () => {
    await expect(passwords.matches(await passwords.hash('caf\u00e9 caf\u00e9'), 'cafe\u0301 cafe\u0301')).resolves.toBe(
      true,
    );
  });

  it('matches nobody without a hash, not even the decoy’s own password', async () => {
    await expect(passwords.matches(null, 'a password that nobody has')).resolves.toBe(false);
  });

  it('knows a hash of another cost', async () => {
    expect(passwords.outdated(await hash('correct horse', { memoryCost: 8192, timeCost: 1 }))).toBe(true);
  });
});
