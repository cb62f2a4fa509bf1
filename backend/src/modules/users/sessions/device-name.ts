type Names = readonly (readonly [sign: RegExp, name: string])[];

// Order matters: most browsers also name those they descend from.
const BROWSERS: Names = [
  [/\b(?:Edg|EdgA|EdgiOS)\//, 'Edge'],
  [/\b(?:OPR|OPT|OPiOS)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bYaBrowser\//, 'Yandex Browser'],
  [/\bDuckDuckGo\/|\bDdg\//, 'DuckDuckGo'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\bElectron\//, 'Desktop app'],
  [/\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\//, 'Chrome'],
  [/\bVersion\/[\d.]+.* Safari\//, 'Safari'],
];
const SYSTEMS: Names = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'Mac'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
];
const PROGRAMS: Names = [
  [/^curl\//, 'curl'],
  [/^Wget\//i, 'Wget'],
  [/^python-requests\/|^python-httpx\/|^Python-urllib\/|^Python\//, 'Python'],
  [/^(?:node|undici|node-fetch|axios)\b/, 'Node.js'],
  [/^Go-http-client\//, 'Go'],
  [/^okhttp\/|^Java\/|^Apache-HttpClient\//, 'Java'],
  [/^PostmanRuntime\//, 'Postman'],
  [/^PowerShell\/|\bPowerShell\//, 'PowerShell'],
];
/** What another program calls itself (the first product of RFC 9110, section 10.1.5), when that is a plain word. */
const PRODUCT = /^([A-Za-z][\w-]{1,29})(?:\/|$)/;
/** More than any browser says; what is longer is cut before it is read. */
const LONGEST = 300;

/** What is shown when a client says nothing that can be read. */
export const UNKNOWN_DEVICE = 'Unknown device';

/**
 * A name that a person recognises their device by: "Firefox on Windows", "Safari on iPhone", "curl". It stands in mails and
 * comes from the client, so it is made of our own words, or of one plain word of the client's that no mailbox takes for a
 * link.
 *
 * @param given the `User-Agent` header
 */
export function deviceName(given: string | null | undefined): string {
  if (!given) return UNKNOWN_DEVICE;
  const userAgent = given.slice(0, LONGEST);
  const program = find(PROGRAMS, userAgent);
  if (program) return program;
  const browser = find(BROWSERS, userAgent);
  const system = find(SYSTEMS, userAgent);
  if (browser && system) return `${browser} on ${system}`;
  if (browser) return browser;
  if (userAgent.startsWith('Mozilla/')) return system ? `Browser on ${system}` : UNKNOWN_DEVICE;
  return PRODUCT.exec(userAgent)?.[1] ?? UNKNOWN_DEVICE;
}

function find(names: Names, userAgent: string): string | undefined {
  return names.find(([sign]) => sign.test(userAgent))?.[1];
}
