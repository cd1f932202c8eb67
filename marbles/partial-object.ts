import { partialObject } from '../operators/partial-object.js';
import type { StandardSchemaV1 } from '../src/core/standard-schema.js';
import { chunk } from './alphabet.js';
import { like } from './equality.js';
import { type MarbleTable, cold, entry } from './table.js';

interface Recipe {
  readonly dish: string;
  readonly serves: number;
}

/** The smallest Standard Schema: a recipe serves some people. */
const recipe: StandardSchemaV1<Recipe> = {
  '~standard': {
    version: 1,
    vendor: 'agenticraft',
    validate: (value) =>
      // The check that makes it a recipe.
      typeof (value as Partial<Recipe>).serves === 'number' ? { value: value as Recipe } : { issues: [{ message: 'serves nobody' }] },
  },
};

/** JSON without the quotes of keys: the whole recipe fits into a mark. */
const label = (value: unknown): string => JSON.stringify(value).replace(/"(\w+)":/g, '$1:');
const pieces = {
  A: chunk.text('{"dish":"So'),
  B: chunk.text('up"'),
  C: chunk.text(',"serves":'),
  D: chunk.text('4}'),
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
        values: { a: { dish: 'So' }, b: { dish: 'Soup' }, d: { dish: 'Soup', serves: 4 } },
        label,
      },
    }),
    entry({
      title: "partialObject({ toolName }): the input of a tool's call",
      sources: {
        answer: cold({
          marbles: '-A-B-C-(F|)',
          values: {
            A: chunk.toolInput('cook', '{"dish":"Soup'),
            B: chunk.toolInput('cook', '","serves":4}'),
            C: chunk.toolCall('cook', { dish: 'Soup', serves: 4 }),
            F: chunk.finish('tool-calls'),
          },
          subscriptions: '^------!',
        }),
      },
      code: "partialObject(recipe, { toolName: 'cook' })",
      operator: ({ answer }) => answer.pipe(partialObject(recipe, { toolName: 'cook' })),
      result: { marbles: '-a-d-d-|', values: { a: { dish: 'Soup' }, d: { dish: 'Soup', serves: 4 } }, label },
    }),
    entry({
      title: 'partialObject errors when the whole does not fit the schema',
      sources: { answer: cold({ marbles: '-A-B-E-(F|)', values: pieces, subscriptions: '^------!' }) },
      code: 'partialObject(recipe)',
      operator: ({ answer }) => answer.pipe(partialObject(recipe)),
      result: {
        marbles: '                               -a-b---#',
        values: { a: { dish: 'So' }, b: { dish: 'Soup' } },
        error: like({ name: 'ValidationError', partial: { dish: 'Soup' } }),
        label,
      },
    }),
    entry({
      title: 'partialObject passes an error of the source',
      sources: { answer: cold({ marbles: '-A-#', values: pieces, subscriptions: '^--!' }) },
      code: 'partialObject(recipe)',
      operator: ({ answer }) => answer.pipe(partialObject(recipe)),
      result: { marbles: '-a-#', values: { a: { dish: 'So' } }, label },
    }),
    entry({
      title: 'partialObject stops the source when the subscriber leaves',
      sources: { answer: cold({ marbles: '-A-B-C-D-(F|)', values: pieces, subscriptions: '^---!' }) },
      unsubscribe: '----!',
      code: 'partialObject(recipe)',
      operator: ({ answer }) => answer.pipe(partialObject(recipe)),
      result: { marbles: '-a-b', values: { a: { dish: 'So' }, b: { dish: 'Soup' } }, label },
    }),
  ],
};
