import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Runs when a thread's entry exists as TypeScript only, which is the case under Jest: types are stripped while loading,
 * and `./x.js` leads to `./x.ts`. A built instance never comes here.
 */
const FROM_SOURCES = `
const { registerHooks, stripTypeScriptTypes } = require('node:module');
const { existsSync, readFileSync } = require('node:fs');
const { fileURLToPath } = require('node:url');
const { workerData } = require('node:worker_threads');
const source = (specifier, parent) => new URL(specifier.slice(0, -3) + '.ts', parent);
registerHooks({
  resolve(specifier, context, next) {
    const relative = specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts');
    const found = relative && source(specifier, context.parentURL);
    return found && existsSync(found) ? { url: found.href, format: 'module', shortCircuit: true } : next(specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const text = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'), { mode: 'transform' });
    return { format: 'module', source: text, shortCircuit: true };
  },
});
import(workerData.threadEntry);
`;

/**
 * Starts a worker thread from a module of ours.
 *
 * @param entry the module's URL, ending in `.js`: `new URL('./x.thread.js', import.meta.url)`. What it imports must be free
 *   of decorators.
 */
export function startThread(entry: URL, options: WorkerOptions = {}): Worker {
  if (existsSync(fileURLToPath(entry))) return new Worker(entry, options);
  const threadEntry = entry.href.replace(/\.js$/, '.ts');
  return new Worker(FROM_SOURCES, {
    ...options,
    eval: true,
    execArgv: ['--conditions=source', '--no-warnings'],
    workerData: { ...(options.workerData as object | undefined), threadEntry },
  });
}
