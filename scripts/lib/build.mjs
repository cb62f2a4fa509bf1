// Builds the backend when its sources differ from what dist/ was built from.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, say } from './fault.mjs';
import { pinnedNode, root } from './paths.mjs';
import { readIfThere, run } from './processes.mjs';

const SOURCES = ['backend/src', 'backend/migrations', 'contract'];
const CONFIGURATION = ['package.json', 'nest-cli.json', '.swcrc', 'tsconfig.json'];
const STAMP = join(root, 'dist/.built-from');

/**
 * Builds what is stale.
 * @returns {Promise<boolean>} whether anything was built
 * @throws {Fault} with the compiler's words when a source does not compile
 */
export async function ensureBuild() {
  const digest = sourceDigest();
  if (readIfThere(STAMP) === digest) return false;
  say('Building.');
  const { code, output } = await run(pinnedNode, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build'], {
    cwd: root,
  });
  // swc reports a file that it cannot compile and may still end with 0.
  if (
    code !== 0 ||
    /^\s*x |Failed to compile|error\[/m.test(output) ||
    !existsSync(join(root, 'dist/backend/src/main.js'))
  )
    throw new Fault(`The build failed:\n${output.trim()}`);
  writeFileSync(STAMP, digest);
  return true;
}

/** One digest over path and content of everything that is compiled. */
export function sourceDigest() {
  const hash = createHash('sha256');
  for (const path of [...CONFIGURATION, ...SOURCES.flatMap(filesUnder)])
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}

/** @param {string} folder @returns {string[]} paths of its sources, relative to the repository, in a fixed order */
function filesUnder(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesUnder(path);
      return entry.isFile() && !entry.name.endsWith('.spec.ts') ? [path] : [];
    });
}
