import type { StreamChunk, ToolResultChunk } from '../../core/chunk.js';
import type { TranslatorContext } from '../wire/translator.js';
import { wireIdOf } from './answer-block.js';
import type { OpenCall } from './tool-calls.js';
import { type WireData, isRecord, stringOf } from '../wire/wire-data.js';

interface ServerCall {
  readonly call: OpenCall;
  hasResult: boolean;
}

/** The results of tools that the provider ran itself: web search, code execution, MCP servers. */
export class ServerTools {
  readonly #context: TranslatorContext;
  readonly #calls = new Map<string, ServerCall>();

  constructor(context: TranslatorContext) {
    this.#context = context;
  }

  /** Such a call began; its result names it by the id on the wire. */
  onCall(block: WireData, call: OpenCall): void {
    this.#calls.set(wireIdOf(block), { call, hasResult: false });
  }

  /** The result block of the call `wireId`. One for a call of an earlier answer is passed on too; a second one for the same call is not. */
  onResult(wireId: string, block: WireData, emit: (chunk: StreamChunk) => void): void {
    const known = this.#calls.get(wireId);
    if (known?.hasResult) return;
    if (known !== undefined) known.hasResult = true;
    const chunk: ToolResultChunk = {
      type: 'tool-result',
      content: '',
      isFinal: false,
      timestamp: this.#context.timestamp,
      metadata: this.#context.metadata,
      toolCallId: known?.call.toolCallId ?? wireId,
      toolName: known?.call.toolName ?? toolNameOf(stringOf(block.type) ?? ''),
      output: block.content,
      isError: isFailure(block),
      providerExecuted: true,
    };
    emit(chunk);
  }
}

/** `web_search_tool_result` is of the tool `web_search`. */
function toolNameOf(resultType: string): string {
  return resultType.replace(/_tool_result$/, '');
}

/** MCP results say `is_error`; the others hold an object like `web_search_tool_result_error`. */
function isFailure(block: WireData): boolean {
  if (block.is_error === true) return true;
  return isRecord(block.content) && stringOf(block.content.type)?.endsWith('_error') === true;
}
