import { type Observable, type OperatorFunction, catchError, concatMap, concatWith, defer, filter, from, map, of, throwError } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { ValidationError } from '../src/core/errors.js';
import { isThenable } from '../src/core/is-thenable.js';
import { type StandardSchemaV1, describeIssues } from '../src/core/standard-schema.js';
import { AnswerReader, type Reading, ToolInputReader } from './shared/object-reader.js';
import { checkOptions } from './shared/option-checks.js';

/** A value of which any part may still be missing: a property, or the last items of a tuple. Dates and branded texts have no parts. */
export type DeepPartial<T> = T extends string | number | bigint | boolean | symbol | Date | ((...input: never) => unknown)
  ? T
  : T extends readonly unknown[]
    ? number extends T['length']
      ? readonly DeepPartial<T[number]>[]
      : { readonly [Index in keyof T]?: DeepPartial<T[Index]> }
    : T extends object
      ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> }
      : T;

/** Options of `partialObject`. */
export interface PartialObjectOptions {
  /** Reads the input of the calls of this tool instead of the answer's text. */
  readonly toolName?: string;
}

/** What `partialObject(schema)` emits: parts of what the model writes, and last what the schema made of the whole. */
export type PartialObject<Schema extends StandardSchemaV1> =
  | DeepPartial<StandardSchemaV1.InferInput<Schema>>
  | StandardSchemaV1.InferOutput<Schema>;

/**
 * Emits the object that the model is writing as JSON, as far as it goes, each time it changes; the last value is the whole,
 * checked by `schema`.
 *
 * - The value begins at the first `{` or `[` of the text; text around it, such as a code fence, is passed over. Strings
 *   grow; numbers and literals are there when they are complete. Nesting deeper than 128 levels is an error.
 * - Values are plain data that never change; finished parts keep their identity from one to the next. Take them as readonly.
 * - A list or object of more than 64 entries that is still being written comes in growing strides, so that the cost is
 *   linear in the length of the answer, also when each value is read. What is held comes at the end, and before an error.
 * - In an agent's run the last step's text is read; a step that ended with `tool-calls` is passed over, and a `restart`
 *   begins anew. With `toolName` each call of the tool is an object of its own, checked when its `tool-call` comes.
 * - A stream that completes without `finish` is taken as it is: its value is checked when it is whole.
 *
 * A `ValidationError`, whose `partial` holds what came, goes to the error channel when the text of a step that is no tool
 * call's is no JSON (at the end of that step), when the answer finishes before its object does, or when the schema does not
 * accept it. Other errors pass; unsubscribing stops the source.
 *
 * @param schema any Standard Schema (zod, Valibot, ArkType).
 * @example
 * const Recipe = z.object({ title: z.string(), steps: z.array(z.string()) });
 * agent.stream$('A pancake recipe').pipe(partialObject(Recipe)).subscribe((recipe) => render(recipe.title, recipe.steps));
 * @throws ValidationError at once when `schema` is no Standard Schema.
 */
export function partialObject<Schema extends StandardSchemaV1>(
  schema: Schema,
  options: PartialObjectOptions = {},
): OperatorFunction<StreamChunk, PartialObject<Schema>> {
  checkSchema(schema);
  checkOptions('partialObject', options);
  const { toolName } = options;
  return (source) =>
    defer(() => {
      const reader = toolName === undefined ? new AnswerReader() : new ToolInputReader(toolName);
      return source.pipe(
        map((chunk) => reader.read(chunk)),
        concatWith(defer(() => of(reader.end()))),
        catchError((error: unknown) => of(reader.held(), { error })),
        filter((reading) => reading !== undefined),
        // An error waits its turn: the check of what came before it may take its time.
        concatMap((reading) => ('error' in reading ? throwError(() => reading.error) : valueOf(schema, reading))),
      );
    });
}

function valueOf<Schema extends StandardSchemaV1>(schema: Schema, reading: Reading): Observable<PartialObject<Schema>> {
  return reading.isWhole ? checked(schema, reading) : of(partOf<Schema>(reading));
}

/** The model is asked for what `schema` takes, so what it has written so far is taken for a part of it. */
function partOf<Schema extends StandardSchemaV1>({ value }: Reading): PartialObject<Schema> {
  // Not checked before the whole has come: only then can a schema say anything.
  return value;
}

/** What the schema makes of the whole; synchronous unless the schema is not. */
function checked<Schema extends StandardSchemaV1>(schema: Schema, { value }: Reading): Observable<PartialObject<Schema>> {
  // The specification types the result by the schema's output, which `Schema` carries.
  const result = schema['~standard'].validate(value) as
    | StandardSchemaV1.Result<StandardSchemaV1.InferOutput<Schema>>
    | PromiseLike<StandardSchemaV1.Result<StandardSchemaV1.InferOutput<Schema>>>;
  // Promise.resolve: a foreign thenable's `then` may return nothing, which rxjs would trip over.
  return (isThenable(result) ? from(Promise.resolve(result)) : of(result)).pipe(
    map((outcome) => {
      if (outcome.issues === undefined) return outcome.value;
      throw new ValidationError(
        `The object does not fit its schema:\n${describeIssues(outcome.issues)}\nWhat came is in \`partial\`; ask again, or loosen the schema.`,
        { partial: value },
      );
    }),
  );
}

function checkSchema(schema: StandardSchemaV1): void {
  // Callers without types may give anything.
  const standard: Partial<StandardSchemaV1['~standard']> | undefined = (schema as StandardSchemaV1 | undefined)?.['~standard'];
  if (typeof standard?.validate === 'function') return;
  throw new ValidationError('partialObject: give a Standard Schema: a z.object({ … }) of zod 4, or another with ~standard.validate.');
}
