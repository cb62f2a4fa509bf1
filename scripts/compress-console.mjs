// The last step of the build of the console: packed copies beside its files, which nginx and the backend send as they are.
// Needs no package, and runs in the image's build too.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const dist = fileURLToPath(new URL('../frontend/dist/', import.meta.url));
/** The page is written anew for each answer; pictures and fonts are dense already. */
const PACKED = new Set(['.css', '.js', '.svg', '.txt', '.webmanifest']);
const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** @param {string} path */
async function pack(path) {
  const bytes = readFileSync(path);
  const copies = {
    // Of 11: 10 and 11 take some ten times as long for three percent.
    br: await brotli(bytes, { params: { [BROTLI_PARAM_QUALITY]: 9, [BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
    gz: await gzip(bytes, { level: 9 }),
  };
  for (const [suffix, packed] of Object.entries(copies))
    if (packed.length < bytes.length) writeFileSync(`${path}.${suffix}`, packed);
}

const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && PACKED.has(extname(entry.name)))
  .map((entry) => join(entry.parentPath, entry.name));
await Promise.all(files.map(pack));
