import { domainToASCII, domainToUnicode } from 'node:url';

/** Why a text is not accepted as an e-mail address: one sentence for the person who typed it. */
export class EmailRefused extends Error {}

/** A checked address: `address` is where mail goes, `key` is what makes it unique (the same for every spelling). */
export interface EmailAddress {
  readonly address: string;
  readonly key: string;
}

// Bounds of RFC 5321, section 4.5.3.1, and the dot-atom of RFC 5322, section 3.2.3.
const MAX_LOCAL = 64;
const MAX_ADDRESS = 254;
const DOT_ATOM = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

// Scripts that may share a label, after the "highly restrictive" level of Unicode Technical Standard 39, section 5.2.
const MIXES = [
  ['Han', 'Hiragana', 'Katakana', 'Latin'],
  ['Han', 'Bopomofo', 'Latin'],
  ['Han', 'Hangul', 'Latin'],
];
const SCRIPTS = [
  'Latin',
  'Greek',
  'Cyrillic',
  'Armenian',
  'Hebrew',
  'Arabic',
  'Devanagari',
  'Bengali',
  'Thai',
  'Georgian',
]
  .concat(['Hangul', 'Cherokee', 'Han', 'Hiragana', 'Katakana', 'Bopomofo'])
  .map((name) => ({ name, pattern: new RegExp(`\\p{Script=${name}}`, 'u') }));
// Cyrillic and Greek letters that look Latin: a label of nothing else imitates a Latin one (UTS 39, whole-script confusables).
const LATIN_LOOKING = /^[аеорсухіјѕԁһӏԛԝοανρτυϲ0-9-]+$/u;

/**
 * Reads an e-mail address: compatibility forms are folded (NFKC), the domain is lower-cased and written in ASCII (IDNA),
 * the local part keeps its case in `address` and loses it in `key`.
 *
 * @throws EmailRefused for control and invisible characters, look-alike letters, and what is not an address at all
 */
export function emailAddress(text: string): EmailAddress {
  const given = text.trim();
  if (given.length > 4 * MAX_ADDRESS) throw new EmailRefused('This address is too long.');
  const folded = given.normalize('NFKC');
  if (INVISIBLE.test(folded)) throw new EmailRefused('This address contains an invisible character.');
  const at = folded.lastIndexOf('@');
  const local = folded.slice(0, Math.max(at, 0));
  const domain = folded.slice(at + 1);
  if (at < 1 || domain.length === 0) throw new EmailRefused('This is not an e-mail address: write name@example.com.');
  if (/[^\x21-\x7e]/.test(local))
    throw new EmailRefused('The part before @ may hold plain Latin letters, digits and signs only.');
  // A leading dash is an option to careless mail programs; the mailer refuses it, too.
  if (!DOT_ATOM.test(local) || local.startsWith('-') || local.length > MAX_LOCAL)
    throw new EmailRefused(
      'The part before @ is not right: check it for spaces, quotes, doubled dots and a dash at its beginning.',
    );
  const ascii = asciiDomain(domain);
  const address = `${local}@${ascii}`;
  if (address.length > MAX_ADDRESS) throw new EmailRefused('This address is too long.');
  return { address, key: address.toLowerCase() };
}

function asciiDomain(domain: string): string {
  const ascii = domainToASCII(domain.toLowerCase());
  const labels = ascii.split('.');
  const sound = labels.length >= 2 && labels.every((l) => LABEL.test(l)) && !/^\d+$/.test(labels.at(-1) ?? '');
  if (!sound) throw new EmailRefused('The part after @ is not a domain: write name@example.com.');
  if (domainToUnicode(ascii).split('.').some(imitates))
    throw new EmailRefused('The domain mixes alphabets in a way that imitates another one.');
  return ascii;
}

function imitates(label: string): boolean {
  if (/^[\x21-\x7e]*$/.test(label)) return false;
  const found = SCRIPTS.filter((s) => s.pattern.test(label)).map((s) => s.name);
  const single = found.length <= 1 || MIXES.some((mix) => found.every((name) => mix.includes(name)));
  return !single || LATIN_LOOKING.test(label);
}
