/** Fields of a head by their names in small letters, cut where they are endless; of several with one name the first. */
export type Fields = Record<string, string | undefined>;

/** One part of a mail. */
export interface Part {
  /** Such as `text/plain`, in small letters. */
  readonly type: string;
  readonly encoding: string;
  readonly body: string;
}

/** Reports are a few kilobytes; what is behind this is the mail that came back. */
export const MOST = 512 * 1024;
const HEAD_LINES = 500;
/** No field that is looked at is nearly as long, and what looks for something in one need not be quick. */
const FIELD = 4000;
const PARTS = 20;
const DEPTH = 3;

/** The head and the body of a mail, or of a part of one; line ends become `\n`. */
export function readHead(raw: Buffer): { head: Fields; body: string } {
  return split(raw.subarray(0, MOST).toString('latin1').replaceAll('\r\n', '\n'));
}

/** The parts of a mail without those that hold others, in their order; a few at most. */
export function partsOf(head: Fields, body: string, depth = 0): Part[] {
  const type = (head['content-type'] ?? 'text/plain').slice(0, 2000);
  const boundary = /boundary="?([^";\n]{1,70})"?/i.exec(type)?.[1]?.trim();
  const kind = /^\s*([\w.+-]+\/[\w.+-]+)/.exec(type)?.[1]?.toLowerCase() ?? 'text/plain';
  if (!kind.startsWith('multipart/') || !boundary || depth >= DEPTH)
    return [{ type: kind, encoding: (head['content-transfer-encoding'] ?? '').trim().toLowerCase(), body }];
  const pieces = `\n${body}`.split(`\n--${boundary}`, PARTS + 1).slice(1);
  return pieces
    .filter((piece) => !piece.startsWith('--'))
    .flatMap((piece) => {
      const start = piece.indexOf('\n');
      const inner = split(start < 0 ? '' : piece.slice(start + 1));
      return partsOf(inner.head, inner.body, depth + 1);
    })
    .slice(0, PARTS);
}

/** What stands in a part, decoded; what is badly encoded is read as far as it goes. */
export function bodyText({ encoding, body }: Part): string {
  const bytes = encoding === 'base64' ? Buffer.from(body, 'base64') : Buffer.from(unquoted(encoding, body), 'latin1');
  return bytes.toString('utf8').replaceAll('\r\n', '\n');
}

function unquoted(encoding: string, body: string): string {
  if (encoding !== 'quoted-printable') return body;
  return body
    .replaceAll(/=[ \t]{0,10}\n/g, '')
    .replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function split(text: string): { head: Fields; body: string } {
  const whole = text.startsWith('\n') ? '\n' : '\n\n';
  const end = text.indexOf(whole);
  const head = end < 0 ? text : text.slice(0, end);
  return { head: fieldsOf(head), body: end < 0 ? '' : text.slice(end + whole.length) };
}

function fieldsOf(head: string): Fields {
  const fields: Fields = Object.create(null) as Fields;
  let name: string | undefined;
  for (const line of head.split('\n', HEAD_LINES)) {
    const colon = line.indexOf(':');
    if (/^[ \t]/.test(line)) {
      if (name && fields[name] !== undefined)
        fields[name] = `${fields[name]} ${line.slice(0, FIELD).trim()}`.slice(0, FIELD);
      continue;
    }
    name = colon > 0 ? line.slice(0, colon).trim().toLowerCase() : undefined;
    // Of several fields of one name the first counts, and what continues a later one belongs to nobody.
    if (name && fields[name] === undefined) fields[name] = line.slice(colon + 1, colon + 1 + FIELD).trim();
    else name = undefined;
  }
  return fields;
}
