// Builds backend and console when their sources differ from what they were built from.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, say } from './fault.mjs';
import { pinnedNode, root } from './paths.mjs';
import { readIfThere, run } from './processes.mjs';

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string[]} sources files and folders
 * @property {string} stamp holds the digest of what was built
 * @property {string} proof a file that every build makes
 * @property {string[][]} commands the arguments of the pinned Node, one after the other
 * @property {RegExp} [complaint] said by a program that fails and still ends with 0
 */

/** @type {Part[]} */
const PARTS = [
  {
    name: 'backend',
    sources: [
      'package.json',
      'package-lock.json',
      'nest-cli.json',
      '.swcrc',
      'tsconfig.json',
      'backend/src',
      'backend/migrations',
      'contract',
    ],
    stamp: 'dist/.built-from',
    proof: 'dist/backend/src/main.js',
    commands: [['node_modules/@nestjs/cli/bin/nest.js', 'build']],
    complaint: /^\s*x |Failed to compile|error\[/m,
  },
  {
    name: 'console',
    sources: [
      ...['package.json', 'angular.json', '.postcssrc.json', 'tsconfig.json'],
      ...[
        'frontend/tsconfig.json',
        'frontend/ng-openapi-gen.json',
        'frontend/ngsw-config.json',
        'frontend/api.json',
        'frontend/public',
        'frontend/src',
      ],
      'contract',
      'scripts/compress-console.mjs',
    ],
    stamp: 'frontend/.built-from',
    proof: 'frontend/dist/index.html',
    commands: [
      ['node_modules/ng-openapi-gen/lib/index.js', '--config', 'frontend/ng-openapi-gen.json', '--silent', 'true'],
      ['node_modules/@angular/cli/bin/ng.js', 'build'],
      ['scripts/compress-console.mjs'],
    ],
  },
];
/** Made by the build itself. */
const MADE = 'frontend/src/app/api/generated';

/**
 * Builds what is stale, all at once.
 * @returns {Promise<boolean>} whether anything was built
 * @throws {Fault} with the compiler's words when a source does not compile
 */
export async function ensureBuild() {
  const stale = PARTS.filter(
    (part) => readIfThere(join(root, part.stamp)) !== sourceDigest(part.sources) || !existsSync(join(root, part.proof)),
  );
  if (stale.length === 0) return false;
  say('Building.');
  await Promise.all(stale.map(build));
  return true;
}

/** @param {Part} part */
async function build({ name, sources, stamp, proof, commands, complaint }) {
  const digest = sourceDigest(sources);
  for (const [program = '', ...args] of commands) {
    const { code, output } = await run(pinnedNode, [join(root, program), ...args], {
      cwd: root,
      env: { ...process.env, NG_CLI_ANALYTICS: 'false' },
    });
    if (code !== 0 || complaint?.test(output)) throw new Fault(`The build of the ${name} failed:\n${output.trim()}`);
  }
  if (!existsSync(join(root, proof))) throw new Fault(`The build of the ${name} made no ${proof}.`);
  writeFileSync(join(root, stamp), digest);
}

/** Writes down what the backend was built from, for builds that call the compiler themselves: the image's. */
export function stampBackend() {
  const [{ sources, stamp } = { sources: [], stamp: '' }] = PARTS;
  writeFileSync(join(root, stamp), sourceDigest(sources));
}

/** @param {string[]} sources @returns {string} one digest over path and content of everything that is compiled */
export function sourceDigest(sources = PARTS.flatMap((part) => part.sources)) {
  const hash = createHash('sha256');
  for (const path of sources.flatMap(filesUnder))
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}

/** @param {string} path of a file or folder @returns {string[]} its sources, relative to the repository, in a fixed order */
function filesUnder(path) {
  if (!existsSync(join(root, path)) || path === MADE) return [];
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => (name.endsWith('.spec.ts') ? [] : filesUnder(join(path, name))));
}
