import { partialObject } from '../operators/partial-object.js';
import type { StandardSchemaV1 } from '../src/core/standard-schema.js';
import { chunk } from './alphabet.js';
import { like } from './equality.js';
import { type MarbleTable, cold, entry } from './table.js';

interface Recipe {
  readonly title: string;
  readonly minutes: number;
}

/** The smallest Standard Schema: a recipe has minutes. */
const recipe: StandardSchemaV1<Recipe> = {
  '~standard': {
    version: 1,
    vendor: 'agenticraft',
    validate: (value) =>
      // The check that makes it a recipe.
      typeof (value as Partial<Recipe>).minutes === 'number' ? { value: value as Recipe } : { issues: [{ message: 'no minutes' }] },
  },
};

const label = (value: unknown): string => JSON.stringify(value);
const pieces = {
  A: chunk.text('{"title":"So'),
  B: chunk.text('up"'),
  C: chunk.text(',"minutes":'),
  D: chunk.text('20}'),
  E: chunk.text('}'),
};

export const partialObjectTable: MarbleTable = {
  operator: 'partial-object',
  entries: [
    entry({
      title: 'partialObject emits the object each time it changes, and last the whole, checked',
      sources: { answer: cold({ marbles: '-A-B-C-D-(F|)', values: pieces, subscriptions: '^--------!' }) },
      code: 'partialObject(recipe)',
      operator: ({ answer }) => answer.pipe(partialObject(recipe)),
      result: {
        marbles: '                               -a-b---d-(d|)',
        values: { a: { title: 'So' }, b: { title: 'Soup' }, d: { title: 'Soup', minutes: 20 } },
        label,
      },
    }),
    entry({
      title: "partialObject({ toolName }): the input of a tool's call",
      sources: {
        answer: cold({
          marbles: '-A-B-C-(F|)',
          values: {
            A: chunk.toolInput('cook', '{"title":"Soup'),
            B: chunk.toolInput('cook', '","minutes":20}'),
            C: chunk.toolCall('cook', { title: 'Soup', minutes: 20 }),
            F: chunk.finish('tool-calls'),
          },
          subscriptions: '^------!',
        }),
      },
      code: "partialObject(recipe, { toolName: 'cook' })",
      operator: ({ answer }) => answer.pipe(partialObject(recipe, { toolName: 'cook' })),
      result: { marbles: '-a-d-d-|', values: { a: { title: 'Soup' }, d: { title: 'Soup', minutes: 20 } }, label },
    }),
    entry({
      title: 'partialObject errors when the whole does not fit the schema',
      sources: { answer: cold({ marbles: '-A-B-E-(F|)', values: pieces, subscriptions: '^------!' }) },
      code: 'partialObject(recipe)',
      operator: ({ answer }) => answer.pipe(partialObject(recipe)),
      result: {
        marbles: '                               -a-b---#',
        values: { a: { title: 'So' }, b: { title: 'Soup' } },
        error: like({ name: 'ValidationError', partial: { title: 'Soup' } }),
        label,
      },
    }),
    entry({
      title: 'partialObject passes an error of the source',
      sources: { answer: cold({ marbles: '-A-#', values: pieces, subscriptions: '^--!' }) },
      code: 'partialObject(recipe)',
      operator: ({ answer }) => answer.pipe(partialObject(recipe)),
      result: { marbles: '-a-#', values: { a: { title: 'So' } }, label },
    }),
    entry({
      title: 'partialObject stops the source when the subscriber leaves',
      sources: { answer: cold({ marbles: '-A-B-C-D-(F|)', values: pieces, subscriptions: '^---!' }) },
      unsubscribe: '----!',
      code: 'partialObject(recipe)',
      operator: ({ answer }) => answer.pipe(partialObject(recipe)),
      result: { marbles: '-a-b', values: { a: { title: 'So' }, b: { title: 'Soup' } }, label },
    }),
  ],
};
