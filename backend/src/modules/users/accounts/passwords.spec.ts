import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import { ThreadPool, ThreadsBusy } from '#platform/threads/index.js';
import { TooBusy } from './accounts.errors.js';
import { Passwords } from './passwords.js';
import { UsersConfig } from '../users.config.js';
import { readConfig } from '#platform/config/index.js';

const passwords = new Passwords(readConfig(UsersConfig, {}));
afterAll(() => passwords.onApplicationShutdown());

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

  it('says that there are too many when so many wait that no further one is taken', async () => {
    const full = jest.spyOn(ThreadPool.prototype, 'run').mockRejectedValue(new ThreadsBusy('500 tasks wait.'));
    await expect(passwords.matches(null, 'plums in a bowl')).rejects.toBeInstanceOf(TooBusy);
    await expect(passwords.hash('plums in a bowl')).rejects.toMatchObject({ code: 'too_busy', status: 503 });
    full.mockRestore();
    await expect(passwords.matches(null, 'plums in a bowl')).resolves.toBe(false);
  });

  it('compares with nobody’s hash for the first stranger too, and makes none', async () => {
    const tasks = jest.spyOn(ThreadPool.prototype, 'run');
    const others = new Passwords(readConfig(UsersConfig, {}));
    await others.matches(null, 'plums in a bowl');
    await others.onApplicationShutdown();
    expect(tasks).toHaveBeenCalledTimes(1);
    tasks.mockRestore();
  });
});
