import { describe, expect, it } from '@jest/globals';
import { newPassword, preferencesChange, registration } from './accounts.schemas.js';

const firstMessage = (schema: typeof newPassword | typeof preferencesChange | typeof registration, value: unknown) =>
  schema.safeParse(value).error?.issues[0]?.message;

describe('passwords', () => {
  it.each(['correct horse', 'purple 12345678', 'пароль-парус', '😀😁😂🤣😃😄😅😆😉😊'])('takes %j', (password) => {
    expect(newPassword.safeParse(password).success).toBe(true);
  });

  it.each([
    ['short', 'must have at least 10 characters'],
    ['x'.repeat(10_240), 'must have at most 1024 bytes'],
    ['ж'.repeat(513), 'must have at most 1024 bytes'],
    ['aaaaaaaaaaaa', 'must have at least four different characters'],
    [
      'Basketball1',
      'is easily guessed: it, or one much like it, is on the lists of stolen passwords that are tried first',
    ],
  ])('refuses %#', (password, message) => {
    expect(firstMessage(newPassword, password)).toBe(message);
  });
});

describe('preferences', () => {
  it('writes locales in their canonical form', () => {
    expect(preferencesChange.parse({ locale: 'DE-at' })).toEqual({ locale: 'de-AT' });
  });

  it.each([
    [{ timeZone: 'Mars/Olympus' }, 'must be an IANA time zone, such as Europe/Lisbon'],
    [{ timeZone: '+05:30' }, 'must be an IANA time zone, such as Europe/Lisbon'],
    [{ currency: 'eur' }, 'must be an ISO 4217 code in capitals, such as EUR'],
    [{ currency: 'XYZ' }, 'must be an ISO 4217 code in capitals, such as EUR'],
    [{ locale: 'not a locale' }, 'must be a BCP 47 language tag, such as en or de-AT'],
    [{ name: '   ' }, 'must not be empty'],
    [{ name: 'Ada\nBcc: eve@example.com' }, 'must be one line of plain text'],
    [{ name: 'Ada\u202egnp.exe' }, 'must be one line of plain text'],
  ])('refuses %j', (change, message) => {
    expect(firstMessage(preferencesChange, change)).toBe(message);
  });

  it('knows no field that is not the person’s to set', () => {
    expect(preferencesChange.safeParse({ operator: true }).success).toBe(false);
    expect(
      registration.safeParse({ name: 'A', email: 'a@example.com', password: 'long enough', operator: true }).success,
    ).toBe(false);
  });
});
