// One configuration for every Jest suite. `unit` needs nothing; `integration` boots the real services once.
const common = {
  rootDir: '.',
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: true }] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['<rootDir>/backend/test/jest.setup.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
};

export default {
  collectCoverageFrom: [
    'backend/src/**/*.ts',
    'contract/**/*.ts',
    '!**/*.spec.ts',
    '!**/index.ts',
    '!backend/src/main.ts',
  ],
  coverageProvider: 'v8',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/contract/**/*.spec.ts', '<rootDir>/backend/**/*.spec.ts', '<rootDir>/scripts/**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.int\\.spec\\.ts$', '\\.full\\.spec\\.ts$'],
    },
    {
      ...common,
      displayName: 'integration',
      testMatch: ['<rootDir>/contract/**/*.int.spec.ts', '<rootDir>/backend/**/*.int.spec.ts'],
      globalSetup: '<rootDir>/backend/test/global-setup.mjs',
      globalTeardown: '<rootDir>/backend/test/global-teardown.mjs',
    },
  ],
};
