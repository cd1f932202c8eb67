import { accumulateTable } from './accumulate.js';
import { agentTable } from './agent.js';
import { bufferTextTable } from './buffer-text.js';
import { checkTextTable } from './check-text.js';
import { chunkTimeoutTable } from './chunk-timeout.js';
import { fallbackToTable } from './fallback-to.js';
import { hedgeTable } from './hedge.js';
import { interceptToolCallsTable } from './intercept-tool-calls.js';
import { linesTable } from './lines.js';
import { mapInterruptionTable } from './map-interruption.js';
import { measureTable } from './measure.js';
import { partialObjectTable } from './partial-object.js';
import { progressTable } from './progress.js';
import { retryInterruptedTable } from './retry-interrupted.js';
import { redactTable } from './redact.js';
import { replaceTextTable } from './replace-text.js';
import { sentencesTable } from './sentences.js';
import { smoothTable } from './smooth.js';
import type { MarbleTable } from './table.js';
import { textTable } from './text.js';
import { throwOnAbortTable } from './throw-on-abort.js';
import { toStateTable } from './to-state.js';
import { verifyStreamTable } from './verify-stream.js';
import { wordsTable } from './words.js';

/** Every diagram of the documentation. */
export const tables: readonly MarbleTable[] = [
  accumulateTable,
  bufferTextTable,
  checkTextTable,
  chunkTimeoutTable,
  fallbackToTable,
  hedgeTable,
  interceptToolCallsTable,
  linesTable,
  mapInterruptionTable,
  measureTable,
  partialObjectTable,
  progressTable,
  retryInterruptedTable,
  redactTable,
  replaceTextTable,
  sentencesTable,
  smoothTable,
  textTable,
  throwOnAbortTable,
  toStateTable,
  verifyStreamTable,
  wordsTable,
  agentTable,
];
