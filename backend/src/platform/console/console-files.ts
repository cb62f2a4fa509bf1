import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** One file of the console, as it is sent. */
export interface ConsoleFile {
  /** The paths it answers to. */
  paths: string[];
  type: string;
  bytes: Buffer;
  etag: string;
}

/**
 * Reads the console's files: few and small, so they are kept in memory.
 *
 * A page `x.html` answers to `/x`, and `index.html` to `/`; anything else to its own name.
 * @throws Error for a file whose media type is not known
 */
export function readConsole(folder = consoleFolder()): ConsoleFile[] {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(folder, name));
      const type = TYPES[extname(name)];
      if (!type) throw new Error(`The console holds ${name}, whose media type is not known.`);
      return { paths: pathsOf(name), type, bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
    });
}

function pathsOf(name: string): string[] {
  if (name === 'index.html') return ['/'];
  return [name.endsWith('.html') ? `/${name.slice(0, -'.html'.length)}` : `/${name}`];
}

/** frontend/public of the repository or image, from sources and from dist alike. */
function consoleFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'frontend', 'public');
}
