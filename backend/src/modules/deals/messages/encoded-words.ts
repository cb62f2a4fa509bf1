const WORD = /=\?([^?\s*]{1,40})(?:\*[^?]*)?\?([bq])\?([^?\s]{0,2000})\?=/gi;
const BETWEEN = /(\?=)\s+(=\?)/g;

/** Decodes the encoded words of a header (RFC 2047). What cannot be decoded stays as it is written. */
export function decodeWords(text: string): string {
  return text.replace(BETWEEN, '$1$2').replace(WORD, (whole, charset: string, encoding: string, body: string) => {
    const bytes = encoding.toLowerCase() === 'b' ? Buffer.from(body, 'base64') : quoted(body);
    return decode(bytes, charset) ?? whole;
  });
}

/** Header bytes as text: UTF-8 where they are valid UTF-8 (RFC 6532), Latin-1 otherwise. */
export function headerText(bytes: Buffer): string {
  return decode(bytes, 'utf-8', true) ?? bytes.toString('latin1');
}

function quoted(body: string): Buffer {
  const text = body
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}

function decode(bytes: Buffer, charset: string, fatal = false): string | undefined {
  try {
    return new TextDecoder(charset, { fatal }).decode(bytes);
  } catch (error) {
    // An unknown charset, or bytes that are not of it.
    if (/^ERR_ENCODING_/.test((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
