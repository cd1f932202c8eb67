import { mapInterruption } from '../operators/map-interruption.js';
import { redact } from '../operators/redact.js';
import { chunk } from './alphabet.js';
import { like } from './equality.js';
import { type MarbleTable, cold, entry } from './table.js';

const pieces = { A: chunk.text('key: s'), B: chunk.text('k-12'), C: chunk.text('34. '), D: chunk.text('Ok') };
const clean = { X: chunk.text('key: '), Y: chunk.text('[redacted]. ') };

export const redactTable: MarbleTable = {
  operator: 'redact',
  entries: [
    entry({
      title: 'redact takes out a secret that is cut across chunks',
      sources: {
        answer: cold({ marbles: ' -A--B--C--D--(F|)', values: pieces, subscriptions: '^------------!' }),
      },
      code: 'redact([{ pattern: /sk-\\w+/, maxLength: 40 }])',
      operator: ({ answer }) => answer.pipe(redact([{ pattern: /sk-\w+/, maxLength: 40 }])),
      result: { marbles: '       -X-----Y--D--(F|)', values: { ...pieces, ...clean } },
    }),
    entry({
      title: 'redact covers reasoning and tool input too',
      sources: {
        answer: cold({
          marbles: '             -R--A--B--C--(F|)',
          values: {
            R: chunk.reasoning('use PIN'),
            A: chunk.toolInput('open', '{"code":"P'),
            B: chunk.toolInput('open', 'IN"}'),
            C: chunk.toolCall('open', { code: 'PIN' }),
          },
          subscriptions: '       ^------------!',
        }),
      },
      code: "redact(['PIN'], { replacement: '***' })",
      operator: ({ answer }) => answer.pipe(redact(['PIN'], { replacement: '***' })),
      result: {
        marbles: '             -R--A--B--C--(F|)',
        values: {
          R: chunk.reasoning('use ***'),
          A: chunk.toolInput('open', '{"code":"'),
          B: chunk.toolInput('open', '***"}'),
          C: chunk.toolCall('open', { code: '***' }),
        },
      },
    }),
    entry({
      title: 'redact: the partial answer of an error holds no secret either',
      sources: {
        answer: cold({ marbles: ' -A--B--C--#', values: pieces, subscriptions: '^---------!' }),
      },
      code: 'mapInterruption(), redact([{ pattern: /sk-\\w+/, maxLength: 40 }])',
      operator: ({ answer }) => answer.pipe(mapInterruption(), redact([{ pattern: /sk-\w+/, maxLength: 40 }])),
      result: {
        marbles: '             -X-----Y--#',
        values: clean,
        error: like({ name: 'StreamInterruptedError', reason: 'failed', partialResponse: 'key: [redacted]. ' }),
      },
    }),
    entry({
      title: 'redact drops what it holds when the subscriber leaves',
      sources: {
        answer: cold({ marbles: ' -A--B--C--D--(F|)', values: pieces, subscriptions: '^----!' }),
      },
      unsubscribe: '             -----!',
      code: 'redact([{ pattern: /sk-\\w+/, maxLength: 40 }])',
      operator: ({ answer }) => answer.pipe(redact([{ pattern: /sk-\w+/, maxLength: 40 }])),
      result: { marbles: '       -X', values: clean },
    }),
  ],
};
