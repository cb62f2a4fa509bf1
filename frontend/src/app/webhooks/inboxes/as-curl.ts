import type { Received } from './inbox-detail';

/** Headers that curl makes by itself, or that belong to the connection. */
const OWN = new Set(['host', 'content-length', 'connection', 'accept-encoding', 'transfer-encoding', 'user-agent']);

/** The request as a command that repeats it. Headers that were masked are masked in it as well. @param url where to */
export function asCurl({ method, headers, body, encoding }: Received, url: string): string {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const parts = [`curl -X ${method} ${quoted(url)}`];
  for (const [name, value] of Object.entries(headers))
    if (!OWN.has(name.toLowerCase())) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body && encoding === 'text') parts.push(`--data-raw ${quoted(body)}`);
  const command = parts.join(' \\\n  ');
  return body && encoding === 'base64'
    ? `printf %s ${quoted(body)} | base64 -d | ${command} \\\n  --data-binary @-`
    : command;
}
