import { describe, expect, it } from '@jest/globals';
import { TOTP, URI } from 'otpauth';
import { enrolmentUri, matchingStep, newTotpSecret } from './one-time-codes.js';
import { TotpFactor } from './totp-factor.entity.js';

// RFC 6238, appendix B: the ASCII secret "12345678901234567890", HMAC-SHA-1; the last six of its eight digits.
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const VECTORS = [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
] as const;

describe('one-time codes', () => {
  it.each(VECTORS)('are those of RFC 6238 at %i seconds', (seconds, code) => {
    expect(matchingStep(SECRET, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
  });

  it.each([-2, -1, 0, 1, 2])('may be %i steps off, as long as it is one at most', (apart) => {
    const now = 1_800_000_015_000;
    const code = TOTP.generate({ secret: new TOTP({ secret: SECRET }).secret, timestamp: now + apart * 30_000 });
    const step = Math.floor(now / 30_000) + apart;
    expect(matchingStep(SECRET, code, now)).toBe(Math.abs(apart) <= 1 ? step : null);
  });

  it.each(['', '28708', '2870820', '000000', 'abcdef', '２８７０８２'])('are not %j', (code) => {
    expect(matchingStep(SECRET, code, 59_000)).toBeNull();
  });

  it('come from secrets of 160 bits, each another', () => {
    const secrets = Array.from({ length: 50 }, newTotpSecret);
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  });

  it('are set up by an address that an authenticator app reads', () => {
    const secret = newTotpSecret();
    const read = URI.parse(enrolmentUri(secret, { instance: 'Signalbox box.example', account: 'ada@example.com' }));
    expect(read).toBeInstanceOf(TOTP);
    expect(read).toMatchObject({ issuer: 'Signalbox box.example', label: 'ada@example.com', digits: 6, period: 30 });
    expect(read.secret.base32).toBe(secret);
  });
});

describe('an authenticator app', () => {
  it('takes each time step once, and none before one that was taken', () => {
    const factor = TotpFactor.of('018f0000-0000-7000-8000-000000000001');
    factor.enrol('sealed');
    expect([factor.use(10), factor.use(10), factor.use(9), factor.use(11)]).toEqual([true, false, false, true]);
  });

  it('counts once it is confirmed', () => {
    const factor = TotpFactor.of('018f0000-0000-7000-8000-000000000001');
    factor.enrol('sealed');
    expect(factor.active).toBe(false);
    factor.confirm();
    expect(factor.active).toBe(true);
  });
});
