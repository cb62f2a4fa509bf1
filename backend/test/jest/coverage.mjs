// Which of our lines ran.
import { createHash } from 'node:crypto';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';

/** @typedef {import('node:inspector').Profiler.ScriptCoverage} ScriptCoverage */

/** @type {Promise<Session> | undefined} */
let session;
/** @type {Map<string, Set<string>>} digests of what was told of each file */
const told = new Map();

/**
 * Has V8 note from now on what runs. Unlike Jest's own way it notes whether and not how often, leaves the debugger off, and
 * begins once a worker: each beginning costs V8 what it had optimised.
 */
export async function startCoverage() {
  session ??= start();
  await session;
}

async function start() {
  const started = new Session();
  started.connect();
  await started.post('Profiler.enable');
  await started.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true });
  return started;
}

/**
 * @param {(path: string) => boolean} wanted
 * @returns {Promise<ScriptCoverage[]>} of the wanted files what ran since the last call, by path, without what an earlier call
 *   has told to the letter (most files run alike in most specs, and whether a line ran is all that is asked)
 */
export async function takeCoverage(wanted) {
  if (!session) throw new Error('coverage was not started');
  const { result } = await (await session).post('Profiler.takePreciseCoverage');
  return result
    .filter(({ url }) => url.startsWith('file://'))
    .map((script) => ({ ...script, url: fileURLToPath(script.url) }))
    .filter(({ url, functions }) => wanted(url) && isNews(url, functions));
}

/** @param {string} path @param {ScriptCoverage['functions']} functions */
function isNews(path, functions) {
  const digests = told.get(path) ?? new Set();
  told.set(path, digests);
  const digest = createHash('sha1').update(JSON.stringify(functions)).digest('base64');
  return digests.size < digests.add(digest).size;
}
