import { HeaderRefused } from './endpoints.errors.js';

/** Those that belong to the connection (RFC 9110, 7.6.1) or to what we send. */
const TAKEN = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'expect',
  'date',
  'content-length',
  'content-type',
  'content-encoding',
  'accept-encoding',
  'user-agent',
]);
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/;
const VALUE = /^[\x20-\x7e]{0,4000}$/;

/**
 * Checks the headers that people add to their webhooks.
 *
 * @returns them with names in lower case
 * @throws HeaderRefused for what is ours, the connection's, or no header at all
 */
export function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: [string, string][] = [];
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (!TOKEN.test(name)) throw new HeaderRefused(given.slice(0, 100), 'is no name of a header');
    if (TAKEN.has(name) || name.startsWith('webhook-')) throw new HeaderRefused(name, 'is set by Signalbox itself');
    if (!VALUE.test(value)) throw new HeaderRefused(name, 'must be at most 4,000 visible ASCII characters');
    if (checked.some(([known]) => known === name)) throw new HeaderRefused(name, 'is there twice');
    checked.push([name, value]);
  }
  return Object.fromEntries(checked);
}
