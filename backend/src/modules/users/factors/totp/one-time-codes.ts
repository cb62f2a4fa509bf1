import { Secret, TOTP } from 'otpauth';

// RFC 6238 with what every authenticator app understands: HMAC-SHA-1, six digits, 30 seconds. 160 bits as RFC 4226,
// section 4, asks for.
const SHAPE = { algorithm: 'SHA1', digits: 6, period: 30 };
const SECRET_BYTES = 20;
/** Steps that the clocks of server and app may be apart. */
const SKEW = 1;

/** A new secret, in the base32 that people can type. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** The `otpauth://` address that authenticator apps read from a QR code. Neither name may hold a colon. */
export function enrolmentUri(secret: string, { instance, account }: { instance: string; account: string }): string {
  return new TOTP({ ...SHAPE, secret, issuer: instance, label: account }).toString();
}

/**
 * The time step that a code belongs to, or null when it belongs to none near now.
 *
 * @param now milliseconds since 1970
 */
export function matchingStep(secret: string, code: string, now = Date.now()): number | null {
  // The library compares bytes: digits of another script would make it throw.
  if (!/^[0-9]{6}$/.test(code)) return null;
  const timestamp = now;
  const apart = TOTP.validate({ ...SHAPE, secret: Secret.fromBase32(secret), token: code, timestamp, window: SKEW });
  return apart === null ? null : TOTP.counter({ period: SHAPE.period, timestamp }) + apart;
}
