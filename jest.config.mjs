import presets from 'jest-preset-angular/presets/index.js';

// One configuration for every Jest suite. `unit` needs nothing; `integration` boots the real services once and, in
// `npm run test:full` only, holds the long forms (*.full.spec.ts) too; `console` plays a browser.
const full = process.env.SIGNALBOX_TEST_FULL === '1';
const folders = ['contract', 'backend', 'scripts', 'nginx', 'e2e'];

/** @param {string} suffix */
const specs = (suffix) => folders.map((folder) => `<rootDir>/${folder}/**/*${suffix}`);

const common = {
  rootDir: '.',
  testEnvironment: '<rootDir>/backend/test/jest/environment.mjs',
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: true }] },
  runtime: '<rootDir>/backend/test/jest/runtime.mjs',
  setupFiles: ['<rootDir>/backend/test/jest/setup.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/', '<rootDir>/scripts/fixtures/'],
};

export default {
  // A busy machine is slow, not wrong: what hangs is ended, what is slow is not blamed.
  testTimeout: 120_000,
  testSequencer: '<rootDir>/backend/test/jest/sequencer.mjs',
  // Node keeps the modules of specs that have ended: a worker that grew is replaced, or each spec would be slower than the
  // one before (measured: 5.5 GB and a third of the speed after 60 specs).
  workerIdleMemoryLimit: '1GB',
  collectCoverageFrom: [
    'backend/src/**/*.ts',
    'contract/**/*.ts',
    '!**/*.spec.ts',
    '!**/index.ts',
    '!backend/src/main.ts',
  ],
  coverageProvider: 'v8',
  coverageReporters: ['json-summary', 'lcovonly'],
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: specs('.spec.ts'),
      testPathIgnorePatterns: ['/node_modules/', '\\.int\\.spec\\.ts$', '\\.full\\.spec\\.ts$'],
    },
    {
      ...common,
      displayName: 'integration',
      testMatch: [...specs('.int.spec.ts'), ...(full ? specs('.full.spec.ts') : [])],
      globalSetup: '<rootDir>/backend/test/jest/global-setup.mjs',
      globalTeardown: '<rootDir>/backend/test/jest/global-teardown.mjs',
    },
    {
      ...presets.createEsmPreset({ tsconfig: '<rootDir>/frontend/tsconfig.spec.json' }),
      rootDir: '.',
      displayName: 'console',
      testEnvironment: 'jest-preset-angular/environments/jest-jsdom-env',
      testMatch: ['<rootDir>/frontend/src/**/*.spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/frontend/src/test-setup.ts'],
      moduleNameMapper: { '^#contract/(.*)\\.js$': '<rootDir>/contract/$1.ts', '^(\\.{1,2}/.*)\\.js$': '$1' },
    },
  ],
};
