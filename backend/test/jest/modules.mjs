// How a spec's modules are loaded: ours anew for every spec, packages once a worker and by Node itself.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SourceTextModule, SyntheticModule } from 'node:vm';

/** @typedef {{code: string, originalCode: string, sourceMapPath: string | null}} Transformed */
/** @typedef {Map<string, Transformed>} Sources what was loaded of ours, by path */
/** @typedef {Record<string, unknown>} Exports */

const root = resolve(import.meta.dirname, '../../..');

/** @type {{imports: Record<string, {source: string}>}} */
const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const aliases = Object.entries(imports).map(([alias, { source }]) => {
  const [head = '', tail = ''] = alias.split('*');
  return { head, tail, source: join(root, source) };
});

const UUID = join(root, 'node_modules', 'uuid') + sep;

/** @type {Sources} what this worker has loaded of ours for any spec */
export const sources = new Map();
/** @type {Map<string, string>} where the source map of each lies */
export const sourceMaps = new Map();
/** @type {Map<string, Buffer>} what V8 need not parse again */
const parsed = new Map();

/**
 * @param {string} specifier
 * @param {string} from the path of the module that asks
 * @returns {string | undefined} the path of a module of ours that can be loaded anew, undefined for all that Node loads
 */
function locate(specifier, from) {
  const path = pathOf(specifier, from);
  if (!path || path.endsWith('.cjs')) return undefined;
  if (path.includes(`${sep}node_modules${sep}`) && !path.startsWith(UUID)) return undefined;
  return path.endsWith('.js') && !existsSync(path) ? `${path.slice(0, -3)}.ts` : path;
}

/** @param {string} specifier @param {string} from */
function pathOf(specifier, from) {
  // Its ids never go back in time: one spec that moves the clock on would date those of all specs after it.
  if (specifier === 'uuid') return fileURLToPath(import.meta.resolve('uuid'));
  if (specifier.startsWith('.')) return join(dirname(from), specifier);
  if (specifier.startsWith('/')) return specifier;
  if (specifier.startsWith('file:')) return fileURLToPath(specifier);
  const alias = aliases.find(({ head, tail }) => specifier.startsWith(head) && specifier.endsWith(tail));
  return alias?.source.replace('*', specifier.slice(alias.head.length, -alias.tail.length));
}

/** @param {string} specifier @param {string} from @returns {string} what Node's loader takes */
const forNode = (specifier, from) =>
  specifier.startsWith('.') ? pathToFileURL(join(dirname(from), specifier)).href : specifier;

/** The modules of one spec. */
export class Modules {
  /** @type {Map<string, SourceTextModule | SyntheticModule>} by path, or by what Node's loader takes */
  #loaded = new Map();
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();
  #transform;
  #jest;
  /** @type {typeof import('@mikro-orm/nestjs') | undefined} */
  #orm;

  /**
   * @param {(path: string) => Transformed} transform
   * @param {() => Exports} jest what `@jest/globals` exports
   */
  constructor(transform, jest) {
    this.#transform = transform;
    this.#jest = jest;
  }

  /** @param {string} path @returns {Promise<SourceTextModule | SyntheticModule>} the module, evaluated */
  async import(path) {
    // One graph after the other: a module that another import has found and not yet linked must not be evaluated.
    const linked = this.#turn.then(() => this.#link(path));
    this.#turn = linked.catch(() => undefined);
    const module = await linked;
    await module.evaluate();
    return module;
  }

  clear() {
    // Entities that a spec named and never opened a database with would be those of the next spec too.
    this.#orm?.MikroOrmModule.clearStorage();
    this.#loaded.clear();
  }

  /** @param {string} entry */
  async #link(entry) {
    const { found, packages } = this.#explore(entry);
    for (const name of packages) {
      const exported = await this.#exportsOf(name);
      if (name === '@mikro-orm/nestjs') this.#orm = /** @type {typeof import('@mikro-orm/nestjs')} */ (exported);
      this.#loaded.set(name, synthetic(name, exported));
    }
    for (const [module, names] of found) module.linkRequests(names.map((name) => this.#get(name)));
    const module = this.#get(entry);
    if (module instanceof SourceTextModule && module.status === 'unlinked') module.instantiate();
    return module;
  }

  /** @param {string} name */
  #get(name) {
    const module = this.#loaded.get(name);
    if (!module) throw new Error(`${name} was not loaded`);
    return module;
  }

  /**
   * Reads all modules of ours that a module needs and that this spec has not.
   * @param {string} entry
   */
  #explore(entry) {
    /** @type {[SourceTextModule, string[]][]} modules and the names of what each asks for */
    const found = [];
    /** @type {Set<string>} */
    const packages = new Set();
    const waiting = [entry];
    for (let path = waiting.pop(); path; path = waiting.pop()) {
      if (this.#loaded.has(path)) continue;
      const module = this.#compile(path);
      this.#loaded.set(path, module);
      const names = module.moduleRequests.map(({ specifier }) => {
        const own = locate(specifier, path);
        if (own) waiting.push(own);
        const name = own ?? forNode(specifier, path);
        if (!own && !this.#loaded.has(name)) packages.add(name);
        return name;
      });
      found.push([module, names]);
    }
    return { found, packages };
  }

  /** @param {string} path */
  #compile(path) {
    const source = sources.get(path) ?? this.#transform(path);
    sources.set(path, source);
    if (source.sourceMapPath) sourceMaps.set(path, source.sourceMapPath);
    const module = new SourceTextModule(source.code, {
      identifier: path,
      cachedData: parsed.get(path),
      importModuleDynamically: (specifier) => {
        const own = locate(specifier, path);
        return own ? this.import(own) : import(forNode(specifier, path));
      },
      initializeImportMeta: (meta) => {
        Object.assign(meta, { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) });
        meta.resolve = (specifier) => {
          const own = locate(specifier, path);
          return own ? pathToFileURL(own).href : import.meta.resolve(forNode(specifier, path));
        };
      },
    });
    if (!parsed.has(path)) parsed.set(path, /** @type {any} */ (module).createCachedData());
    return module;
  }

  /** @param {string} name @returns {Exports | Promise<Exports>} */
  #exportsOf(name) {
    return name === '@jest/globals' ? this.#jest() : import(name);
  }
}

/** @param {string} identifier @param {Exports} exported */
function synthetic(identifier, exported) {
  const names = Object.keys(exported);
  return new SyntheticModule(
    names,
    function () {
      for (const name of names) this.setExport(name, exported[name]);
    },
    { identifier },
  );
}
