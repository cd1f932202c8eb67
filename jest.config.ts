import type { Config } from 'jest';

/** ESM mode: run through `npm run test:unit`, which passes --experimental-vm-modules. */
const config: Config = {
  testEnvironment: '<rootDir>/test/setup/leak-check-environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^#model-name$': '<rootDir>/src/providers/model-name/node.ts',
    // The package's own entries, for the documents and examples.
    '^agenticraft$': '<rootDir>/src/index.ts',
    '^agenticraft/(operators|marbles)$': '<rootDir>/$1/index.ts',
    '^agenticraft/(openai|anthropic)$': '<rootDir>/src/providers/$1/index.ts',
    '^agenticraft/(node|server|testing)$': '<rootDir>/src/$1/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false }] },
  testMatch: ['<rootDir>/test/**/*.spec.ts', '<rootDir>/marbles/**/*.spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.work/'],
};

export default config;
