// Self-signed certificates, by the machine's openssl.
import { isIP } from 'node:net';
import { join } from 'node:path';
import { Fault } from './fault.mjs';
import { findProgram } from './paths.mjs';
import { run } from './processes.mjs';

/**
 * Makes fullchain.pem and privkey.pem, good for 90 days, on the curve P-256.
 * @param {string} dir an existing folder
 * @param {string[]} names host names and addresses
 * @throws {Fault} where openssl is missing or refuses a name
 */
export async function makeCertificate(dir, names) {
  const openssl = findProgram('openssl');
  if (!openssl) throw new Fault('openssl is missing: install it (Debian or Ubuntu: sudo apt-get install openssl).');
  const alternatives = names.map((name) => `${isIP(name) ? 'IP' : 'DNS'}:${name}`).join(',');
  const { code, output } = await run(openssl, [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '90'],
    ...['-subj', `/CN=${names[0]}`, '-addext', `subjectAltName=${alternatives}`],
    ...['-addext', 'keyUsage=critical,digitalSignature', '-addext', 'extendedKeyUsage=serverAuth'],
    ...['-keyout', join(dir, 'privkey.pem'), '-out', join(dir, 'fullchain.pem')],
  ]);
  if (code !== 0) throw new Fault(`openssl made no certificate:\n${output.trim()}`);
}
