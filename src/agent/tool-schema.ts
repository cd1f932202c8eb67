import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { ValidationError } from '../core/errors.js';
import type { JsonSchema } from '../core/provider.js';

/** A schema that can check a value and describe itself as JSON Schema: zod 4.2 or later, and others of the standard. */
export interface ToolSchema<Input = unknown, Output = Input> {
  readonly '~standard': StandardSchemaV1.Props<Input, Output> & StandardJSONSchemaV1.Props<Input, Output>;
}

/** The JSON Schema of a tool's input. */
export function inputJsonSchema(toolName: string, schema: ToolSchema): JsonSchema {
  // Callers without types may give anything.
  const standard: Partial<ToolSchema['~standard']> | undefined = (schema as ToolSchema | undefined)?.['~standard'];
  if (typeof standard?.validate !== 'function' || typeof standard.jsonSchema?.input !== 'function') {
    throw new ValidationError(
      `The parameters of the tool "${toolName}" are not a Standard Schema with JSON Schema: ` +
        'take a z.object({ … }) of zod 4.2 or later (zod/mini has no JSON Schema), or another schema with ~standard.jsonSchema.',
    );
  }
  const { $schema: _dialect, ...jsonSchema } = convert(toolName, standard.jsonSchema);
  if (jsonSchema['type'] !== 'object') {
    throw new ValidationError(
      `The parameters of the tool "${toolName}" are no object schema (type: ${JSON.stringify(jsonSchema['type'] ?? 'none')}): ` +
        'models give arguments by name, so wrap them in an object, for example z.object({ value: … }).',
    );
  }
  return Object.freeze(jsonSchema);
}

function convert(toolName: string, jsonSchema: StandardJSONSchemaV1.Converter): Record<string, unknown> {
  try {
    return jsonSchema.input({ target: 'draft-2020-12' });
  } catch (cause) {
    throw new ValidationError(
      `The parameters of the tool "${toolName}" have no JSON Schema: replace the part that cannot be written as JSON.`,
      { cause },
    );
  }
}
