import { accumulateTable } from './accumulate.js';
import { agentTable } from './agent.js';
import { chunkTimeoutTable } from './chunk-timeout.js';
import { interceptToolCallsTable } from './intercept-tool-calls.js';
import { mapInterruptionTable } from './map-interruption.js';
import { measureTable } from './measure.js';
import { progressTable } from './progress.js';
import type { MarbleTable } from './table.js';
import { textTable } from './text.js';
import { throwOnAbortTable } from './throw-on-abort.js';
import { verifyStreamTable } from './verify-stream.js';

/** Every diagram of the documentation. */
export const tables: readonly MarbleTable[] = [
  accumulateTable,
  chunkTimeoutTable,
  interceptToolCallsTable,
  mapInterruptionTable,
  measureTable,
  progressTable,
  textTable,
  throwOnAbortTable,
  verifyStreamTable,
  agentTable,
];
