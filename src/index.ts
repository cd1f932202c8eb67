/**
 * Agents, bridges, chunks and errors: what most programs need.
 *
 * @module agenticraft
 */
export { Agent, type Prompt, type ProviderInfo } from './agent/agent.js';
export type { AgentResponse, AgentStep } from './agent/agent-response.js';
export type { MessageStore } from './agent/conversation.js';
export type { AgentOptions, FallbackOptions, HedgeAgentOptions, RetryOptions, RunOptions, TimeoutOptions } from './agent/options.js';
export { StreamManager, type ActiveStream } from './agent/stream-manager.js';
export { limitToolOutput, limitToolTime } from './agent/interceptors.js';
export type { ToolContext } from './agent/tool-execution.js';
export type { ToolSchema } from './agent/tool-schema.js';
export { type Tool, type ToolOptions, type ToolStart, runTools, tool, toolDefinitions } from './agent/tools.js';
export * from './bridges/index.js';
export {
  type ChunkMetadata,
  type FileChunk,
  type FinishChunk,
  type FinishReason,
  type ReasoningChunk,
  type Replay,
  type RestartChunk,
  type SourceChunk,
  type StepChunk,
  type StepFinishReason,
  type StreamChunk,
  type TextChunk,
  type ToolApprovalChunk,
  type ToolCall,
  type ToolCallChunk,
  type ToolInputChunk,
  type ToolProgressChunk,
  type ToolResultChunk,
  isFinish,
  isOwnToolCall,
  isText,
} from './core/chunk.js';
export { Demand } from './core/demand.js';
export * from './core/errors.js';
export type * from './core/message.js';
export type { StreamMetrics } from './core/metrics.js';
export type {
  Completion,
  JsonSchema,
  ModelOptions,
  Provider,
  ProviderCapabilities,
  ProviderRequest,
  ResponseFormat,
  ToolChoice,
  ToolDefinition,
} from './core/provider.js';
export { type FromStreamOptions, type StreamFunction, fromStream } from './providers/from-stream.js';
export { StreamingResponse, type StreamingResponseOptions } from './core/response.js';
export type { StreamSnapshot } from './core/snapshot.js';
export type { ToolCallRecord } from './core/tool-call-record.js';
export { type ToolEvent, type ToolHandler, type ToolInterceptor, denied, failed, result } from './core/tool.js';
export { type Usage, sumUsage } from './core/usage.js';
