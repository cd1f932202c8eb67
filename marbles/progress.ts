import { progress } from '../operators/progress.js';
import { chunk } from './alphabet.js';
import { like } from './equality.js';
import { metricsLabel as label } from './metrics-label.js';
import { type MarbleTable, cold, entry } from './table.js';

const running = (chunkCount: number): unknown => like({ ending: 'running', chunkCount });

export const progressTable: MarbleTable = {
  operator: 'progress',
  entries: [
    entry({
      title: 'progress: the metrics as a stream',
      sources: {
        answer: cold({ marbles: ' -a-b-c-d--e-(F|)', subscriptions: '^-----------!' }),
      },
      code: 'progress({ intervalMs: 3 })',
      operator: ({ answer }) => answer.pipe(progress({ intervalMs: 3 })),
      result: {
        marbles: '               -A---C----E-(F|)',
        values: {
          A: like({ ending: 'running', chunkCount: 1, firstChunkMs: 1 }),
          C: running(3),
          E: running(5),
          F: like({ ending: 'finished', chunkCount: 6, characterCount: 5, durationMs: 12 }),
        },
        label,
      },
    }),
    entry({
      title: "progress: an estimate of the tokens, then the provider's own count",
      sources: {
        answer: cold({
          marbles: '             -A---B---(F|)',
          values: {
            A: chunk.text('8 chars.'),
            B: chunk.text('8 more..'),
            F: chunk.finish('stop', { usage: { inputTokens: 9, outputTokens: 5, totalTokens: 14 } }),
          },
          subscriptions: '       ^--------!',
        }),
      },
      code: 'progress({ intervalMs: 0 })',
      operator: ({ answer }) => answer.pipe(progress({ intervalMs: 0 })),
      result: {
        marbles: '               -A---B---(LF|)',
        values: {
          A: like({ outputTokens: 2, tokensEstimated: true, inputTokens: undefined }),
          B: like({ outputTokens: 4, tokensEstimated: true }),
          L: like({ outputTokens: 5, tokensEstimated: false, inputTokens: 9, ending: 'running' }),
          F: like({ outputTokens: 5, tokensEstimated: false, inputTokens: 9, ending: 'finished' }),
        },
        label: tokensLabel,
      },
    }),
    entry({
      title: 'progress passes an error on',
      sources: {
        answer: cold({ marbles: ' -a-b-#', subscriptions: '^----!' }),
      },
      code: 'progress({ intervalMs: 0 })',
      operator: ({ answer }) => answer.pipe(progress({ intervalMs: 0 })),
      result: { marbles: '       -A-B-#', values: { A: running(1), B: running(2) }, label },
    }),
    entry({
      title: 'progress stops the source when the subscriber leaves',
      sources: {
        answer: cold({ marbles: ' -a-b-c-(F|)', subscriptions: '^---!' }),
      },
      unsubscribe: '             ----!',
      code: 'progress({ intervalMs: 0 })',
      operator: ({ answer }) => answer.pipe(progress({ intervalMs: 0 })),
      result: { marbles: '       -A-B', values: { A: running(1), B: running(2) }, label },
    }),
  ],
};

function tokensLabel(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('outputTokens' in value) || !('tokensEstimated' in value)) return '?';
  return `${value.tokensEstimated === true ? '~' : ''}${String(value.outputTokens)} tok`;
}
