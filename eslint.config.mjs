// The rules that types and boundaries do not already enforce. Nothing in the code may switch one off; where a rule does
// not fit, the exception stands here.
import tseslint from 'typescript-eslint';

const ENV_MESSAGE = 'Settings are read in platform/config only: declare one with setting() in a configClass().';

const environment = [
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: ENV_MESSAGE },
  { selector: "MemberExpression[object.name='process'][property.value='env']", message: ENV_MESSAGE },
  { selector: "VariableDeclarator[init.name='process'] Property[key.name='env']", message: ENV_MESSAGE },
  { selector: 'ImportDeclaration[source.value=/^(node:)?process$/]', message: ENV_MESSAGE },
];

const style = [
  {
    selector: 'CatchClause > BlockStatement[body.length=0]',
    message: 'An error is handled, translated or left to pass, never swallowed.',
  },
  { selector: 'TSEnumDeclaration', message: 'Use a union of literals, or a zod enum.' },
];

const tests = ['**/*.spec.ts', 'backend/test/**', 'backend/bench/**', 'e2e/**', 'scripts/**'];

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'frontend/dist/',
      'frontend/src/app/api/generated/',
      'coverage/',
      '.data/',
      '.angular/',
      'scripts/fixtures/',
      'node_modules/',
    ],
  },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...style, ...environment],
      'no-var': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      // A Nest module is an empty class with a decorator, and a configuration class often adds nothing to its base.
      '@typescript-eslint/no-extraneous-class': 'off',
      // Affordable rules that need types: each catches a promise or a value that goes astray.
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
    },
  },
  {
    files: ['backend/src/platform/config/**/*.ts', ...tests],
    rules: { 'no-restricted-syntax': ['error', ...style] },
  },
  {
    // What runs before there is a logger, or whose product is its output.
    files: ['backend/src/main.ts', 'frontend/src/main.ts', 'backend/src/cli/**/*.ts', ...tests],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.{mjs,cjs}'],
    extends: [tseslint.configs.recommended],
    rules: {
      eqeqeq: ['error', 'always'],
      'no-restricted-syntax': ['error', ...style],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    // Must be readable by Nodes that know neither const nor template strings.
    files: ['scripts/lib/check-node.cjs'],
    rules: { 'no-var': 'off', 'prefer-const': 'off' },
  },
);
