/** How requests are signed, as the API names it. */
export type SecretKind = 'hmac' | 'ed25519';

/** A piece of code that shows how the other side checks a signature, or makes one. */
export interface Snippet {
  readonly name: string;
  readonly code: string;
}

const NODE_HMAC = `import { createHmac, timingSafeEqual } from 'node:crypto';

// body: the text of the request as it came, before any JSON.parse.
export function verify(secret, headers, body) {
  const id = headers['webhook-id'];
  const at = headers['webhook-timestamp'];
  if (!(Math.abs(Date.now() / 1000 - Number(at)) < 300)) return false;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const wanted = createHmac('sha256', key).update(\`\${id}.\${at}.\${body}\`).digest();
  return (headers['webhook-signature'] ?? '').split(' ').some((signature) => {
    const [version, text = ''] = signature.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}`;

const NODE_ED25519 = `import { createPublicKey, verify as check } from 'node:crypto';

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

// publicKey: whpk_…; body: the text of the request as it came, before any JSON.parse.
export function verify(publicKey, headers, body) {
  const id = headers['webhook-id'];
  const at = headers['webhook-timestamp'];
  if (!(Math.abs(Date.now() / 1000 - Number(at)) < 300)) return false;
  const raw = Buffer.from(publicKey.slice('whpk_'.length), 'base64');
  const key = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
  const text = Buffer.from(\`\${id}.\${at}.\${body}\`);
  return (headers['webhook-signature'] ?? '').split(' ').some((signature) => {
    const [version, given = ''] = signature.split(',');
    return version === 'v1a' && check(null, text, key, Buffer.from(given, 'base64'));
  });
}`;

const PYTHON_HMAC = `import base64, hashlib, hmac, time

# body: the bytes of the request as they came; headers: with names in lower case.
def verify(secret, headers, body):
    message_id, at = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(at)) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{message_id}.{at}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return any(
        hmac.compare_digest(f"v1,{wanted}", signature)
        for signature in headers["webhook-signature"].split(" ")
    )`;

const PYTHON_ED25519 = `import base64, time
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

# public_key: whpk_…; body: the bytes of the request as they came; headers: with names in lower case.
def verify(public_key, headers, body):
    message_id, at = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(at)) > 300:
        return False
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_")))
    text = f"{message_id}.{at}.".encode() + body
    for signature in headers["webhook-signature"].split(" "):
        version, _, given = signature.partition(",")
        if version != "v1a":
            continue
        try:
            key.verify(base64.b64decode(given), text)
            return True
        except InvalidSignature:
            pass
    return False`;

/** The standard way of signing by hand. @param url where to @param secret `whsec_…`, or what stands for it */
export function signedCurl(url: string, secret = 'whsec_…'): string {
  return `# Sends a signed request by hand, to try a receiver.
URL='${url}'
SECRET='${secret}'
BODY='{"type":"deal.found","timestamp":"2026-01-01T12:00:00.000Z","data":{}}'
ID="try-$(date +%s)"; AT="$(date +%s)"
KEY="$(printf %s "\${SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')"
SIGNATURE="$(printf %s "$ID.$AT.$BODY" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | base64)"
curl -i "$URL" -H 'content-type: application/json' \\
  -H "webhook-id: $ID" -H "webhook-timestamp: $AT" -H "webhook-signature: v1,$SIGNATURE" -d "$BODY"`;
}

/** How a receiver verifies, in the languages asked for most. */
export function snippets(kind: SecretKind, url: string): readonly Snippet[] {
  return kind === 'ed25519'
    ? [
        { name: 'Node', code: NODE_ED25519 },
        { name: 'Python', code: PYTHON_ED25519 },
      ]
    : [
        { name: 'Node', code: NODE_HMAC },
        { name: 'Python', code: PYTHON_HMAC },
        { name: 'curl', code: signedCurl(url) },
      ];
}
