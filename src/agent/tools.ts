import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Observable, of } from 'rxjs';
import type { ToolCall } from '../core/chunk.js';
import { ValidationError } from '../core/errors.js';
import type { ToolDefinition } from '../core/provider.js';
import { type ToolEvent, type ToolInterceptor, unknownTool } from '../core/tool.js';
import { type ToolContext, executeTool } from './tool-execution.js';
import { type ToolSchema, inputJsonSchema } from './tool-schema.js';

/** When a call starts: as soon as its input is complete, or when the step has finished with `tool-calls`. */
export type ToolStart = 'immediately' | 'after-step';

/** A tool as the agent knows it. */
export interface Tool extends ToolDefinition {
  readonly description: string;
  /** A call may be run twice without harm, so a step that made it may be started anew. */
  readonly idempotent: boolean;
  /** Absent: as the agent says. */
  readonly start?: ToolStart;
  /** Cold: each subscription is one execution; unsubscribing aborts its signal. Never errors: a failure is an error result. */
  run(call: ToolCall): Observable<ToolEvent>;
}

/** What a tool is made of. */
export interface ToolOptions<Schema extends ToolSchema> {
  /** 1 to 64 of letters, digits, `_` and `-`. */
  readonly name: string;
  /** Tells the model what the tool does and when to call it. */
  readonly description: string;
  /** The input: any Standard Schema with Standard JSON Schema, for example zod 4.2 or later (not `zod/mini`). */
  readonly parameters: Schema;
  /**
   * Does the work. Returns a value, Promise, AsyncIterable or Observable; of the last two each value except the last is
   * progress, and the last is the result. No value, `undefined`: the result is `null`.
   */
  execute(input: StandardSchemaV1.InferOutput<Schema>, context: ToolContext): unknown;
  /** Default false. */
  readonly idempotent?: boolean;
  readonly start?: ToolStart;
}

/** What every provider takes as the name of a tool. */
const namePattern = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * Makes a tool that the model can call.
 *
 * The input is checked against `parameters` first; the model reads what was wrong. What `execute` throws or rejects with,
 * and a result that JSON cannot hold, become error results for the model. Unsubscribing aborts `signal`; what a tool that
 * does not heed it still returns is dropped. An async iterator gets `return()`.
 *
 * @throws ValidationError when the name, the schema or `execute` cannot be used; the message says what to do.
 *
 * @example
 * const weather = tool({
 *   name: 'weather',
 *   description: 'The weather at a place, now.',
 *   parameters: z.object({ city: z.string() }),
 *   execute: ({ city }, { signal }) => fetch(`https://weather.example/${city}`, { signal }).then((r) => r.json()),
 * });
 */
export function tool<Schema extends ToolSchema>(options: ToolOptions<Schema>): Tool {
  const { name, description, parameters, idempotent = false, start } = options;
  if (typeof name !== 'string' || !namePattern.test(name)) {
    throw new ValidationError(`The tool name ${JSON.stringify(name)} cannot be used: take 1 to 64 letters, digits, _ or -.`);
  }
  if (typeof options.execute !== 'function') {
    throw new ValidationError(`The tool "${name}" has no execute: give a function (input, { signal, toolCallId }) => result.`);
  }
  return {
    name,
    description,
    parameters: inputJsonSchema(name, parameters),
    idempotent,
    ...(start !== undefined && { start }),
    run: (call) => executeTool(call, parameters, (input, context) => options.execute(input, context)),
  };
}

/**
 * The innermost interceptor: runs the tool that a call names. A call to no tool is answered by an error result.
 *
 * @param find - looks a tool up, at each call.
 * @param names - which tools there are, for the model to choose from after a wrong name.
 *
 * @example
 * const tools = new Map([weather].map((tool) => [tool.name, tool]));
 * stream$.pipe(interceptToolCalls(runTools((name) => tools.get(name), () => tools.keys())));
 */
export function runTools(find: (name: string) => Tool | undefined, names: () => Iterable<string> = () => []): ToolInterceptor {
  return (call) => find(call.toolName)?.run(call) ?? of(unknownTool(call.toolName, names()));
}

/** What a provider is told about tools. */
export function toolDefinitions(tools: Iterable<Tool>): ToolDefinition[] {
  return Array.from(tools, ({ name, description, parameters }) => ({ name, description, parameters }));
}
