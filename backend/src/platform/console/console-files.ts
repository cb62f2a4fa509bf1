import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.woff2': 'font/woff2',
};
/** The build puts a digest of the content into these names: they never change. */
const HASHED = /-[\w-]{8}\.(?:js|css|woff2)$/;
/** Copies that the build has packed, of the file whose name comes before. */
const PACKED = /\.(?:br|gz)$/;

/** One file of the console, as it is sent. */
export interface ConsoleFile {
  /** Such as `/main-5X2QK3VA.js`. */
  path: string;
  type: string;
  bytes: Buffer;
  /** The same, packed by brotli, where the build has made that. */
  brotli?: Buffer;
  etag: string;
  /** True when the name changes with the content. */
  immutable: boolean;
}

/**
 * Reads the built console: some hundred small files, so they are kept in memory. Empty where it has not been built.
 *
 * @throws Error for a file whose media type is not known
 */
export function readConsole(folder = consoleFolder()): ConsoleFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !PACKED.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .sort()
    .map((path) => readFile(folder, path));
}

function readFile(folder: string, path: string): ConsoleFile {
  const bytes = readFileSync(join(folder, path));
  const type = TYPES[extname(path)];
  if (!type) throw new Error(`The console holds ${path}, whose media type is not known.`);
  const packed = join(folder, `${path}.br`);
  const brotli = existsSync(packed) ? readFileSync(packed) : undefined;
  return {
    path,
    type,
    bytes,
    etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
    immutable: HASHED.test(path),
    ...(brotli && { brotli }),
  };
}

/** frontend/dist of the repository or image, from sources and from dist alike. */
function consoleFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'frontend', 'dist');
}
