// Who may import whom. `scripts/fixtures/boundaries` breaks every rule once; scripts/boundaries.spec.ts proves that each is seen.
/** Specs, and what only specs use. */
export const spec = '(\\.spec\\.ts|/spec-support\\.ts)$|/testing/';
/** What several specs of one room of contract share: generators, oracles. */
const testing = '^contract/[^/]+/testing/';

/** @param {string} name @param {string} comment @param {object} from @param {object} to */
const never = (name, comment, from, to, more = {}) => ({ name, comment, severity: 'error', from, to, ...more });

/**
 * A layer of rooms: each folder in it is entered through its index.ts only, by its neighbours and from outside.
 * @param {string} layer
 */
const doors = (layer) => {
  const rooms = `^backend/src/${layer}/`;
  const door = `${rooms}[^/]+/index\\.ts$`;
  const why = `A room is entered only through its index.ts (#${layer}/<room>/index.js).`;
  return [
    never(`${layer}-door`, why, { path: `${rooms}([^/]+)/` }, { path: rooms, pathNot: [`${rooms}$1/`, door] }),
    never(`${layer}-door-from-outside`, why, { pathNot: rooms }, { path: `${rooms}[^/]+/`, pathNot: door }),
  ];
};

const app = '^frontend/src/app/';

export default {
  forbidden: [
    never(
      'contract-is-pure',
      'contract is shared with the browser: it imports itself and zod, no Node, no Nest, nothing of either side.',
      { path: '^contract/', pathNot: [spec, testing] },
      { pathNot: ['^contract/', '(^|/)node_modules/zod/'] },
    ),
    never(
      'contract-specs',
      'A spec of contract may use any package, but nothing of the backend or the console.',
      { path: '^contract/.*\\.spec\\.ts$' },
      { path: '^(backend|frontend)/' },
    ),
    never(
      'platform-knows-no-module',
      'Imports go one way: modules -> platform -> contract.',
      { path: '^backend/src/platform/' },
      { path: '^backend/src/(modules/|app\\.module|main)' },
    ),
    ...doors('platform'),
    ...doors('modules'),
    never(
      'sources-use-no-test',
      'What runs in production never imports a spec, the test harness or a benchmark.',
      { path: '^(contract|backend/src|backend/migrations)/', pathNot: [spec, testing] },
      { path: ['^backend/(test|bench)/', testing, spec] },
    ),
    never(
      'console-feature',
      'A feature of the console imports ui, api and contract; features do not know each other.',
      { path: `${app}([^/]+)/`, pathNot: `${app}(shell|ui|api)/` },
      { path: ['^frontend/', '^backend/'], pathNot: [`${app}($1|ui|api)/`] },
    ),
    never(
      'console-ui',
      'ui and api are below the features and know none of them.',
      { path: `${app}(ui|api)/` },
      { path: ['^frontend/', '^backend/'], pathNot: `${app}(ui|api)/` },
    ),
    never(
      'declared-dependency',
      'A package that is imported stands in package.json.',
      { path: '^(contract|backend|frontend)/' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    ),
    never('resolvable', 'An import must lead somewhere.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    tsPreCompilationDeps: true, // a type is a dependency too
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
