/**
 * Providers and streams for tests, and the conformance kit for providers of your own.
 *
 * @module agenticraft/testing
 */
export {
  type ConformanceCase,
  conformanceCases,
  type ConformanceOptions,
  type Dialect,
  type DialectEvent,
  type DialectToolCall,
  type DialectUsage,
  type RegisterTest,
  testConformance,
} from './conformance/index.js';
export { createMockStream, type MockStreamOptions } from './create-mock-stream.js';
export { type MarbleProvider, marbleProvider } from './marble-provider.js';
export { type ScriptedProvider, scriptedProvider, type ScriptedProviderOptions } from './scripted-provider.js';
export type { ScriptedAnswer, ScriptedStep, ScriptedToolCall } from './scripted-step.js';
