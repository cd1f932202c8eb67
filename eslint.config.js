import rxjsX from 'eslint-plugin-rxjs-x';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typescriptFiles = ['**/*.ts'];

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'docs/', '.snippets/', '.work/', '.npm-cache/', 'node_modules/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.mjs', '**/*.js'],
    rules: { 'no-undef': 'error', 'no-unused-vars': 'error', 'no-unreachable': 'error', 'prefer-const': 'error' },
    languageOptions: { globals: { process: 'readonly', console: 'readonly', performance: 'readonly', setTimeout: 'readonly', setImmediate: 'readonly' } },
  },
  {
    files: typescriptFiles,
    extends: [tseslint.configs.strictTypeChecked, rxjsX.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Observables that are options or results carry `$`; operators and locals need not (the "finnish" rule stays off).
      'rxjs-x/finnish': 'off',
      // Our errors are typed by their classes; RxJS gives `unknown` to every error callback.
      'rxjs-x/throw-error': 'off',
      // `void` says that a promise's end does not matter; arrow functions may hand on what a void function gives.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true }],
      // Numbers are safe to print; everything else must be turned to text on purpose.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-imports': ['error', { patterns: [{ group: ['rxjs/internal', 'rxjs/internal/*', 'rxjs/operators'], message: "Import from 'rxjs'." }] }],
    },
  },
  {
    // An error or an empty stream that no test expects is thrown by RxJS and fails the test.
    files: ['test/**/*.ts', 'marbles/**/*.spec.ts'],
    rules: { 'rxjs-x/no-ignored-error': 'off', 'rxjs-x/no-ignored-default-value': 'off' },
  },
);
