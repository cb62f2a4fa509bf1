import { ValidationFailed } from '#platform/errors/index.js';
import { isMadeOf } from './known-passwords.js';

/** What everybody knows of a person. */
export interface Acquaintance {
  email?: string | undefined;
  name?: string | undefined;
}

/** Why a password that is hardly more than the person's name is refused. */
export const TOO_PERSONAL = 'is hardly more than your name or address, which are tried first: choose something else';

/** What is tried first at a person's account: their name, their address and its parts, the name of the product. */
export function personalWords({ email, name }: Acquaintance): string[] {
  return [email, email?.split('@')[0], name, 'signalbox'].filter((word) => word !== undefined);
}

/** True when a password is hardly more than what everybody knows of the person. */
export function isPersonal(password: string, person: Acquaintance): boolean {
  return isMadeOf(password, personalWords(person));
}

/**
 * Refuses such a password.
 *
 * @param path the field that holds it
 * @throws ValidationFailed
 */
export function refusePersonal(password: string, person: Acquaintance, path = '/body/password'): void {
  if (!isPersonal(password, person)) return;
  throw new ValidationFailed(`The password ${TOO_PERSONAL}.`, { errors: [{ path, message: TOO_PERSONAL }] });
}
