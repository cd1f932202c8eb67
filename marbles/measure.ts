import { measure } from '../operators/measure.js';
import { like } from './equality.js';
import { metricsLabel as label } from './metrics-label.js';
import { type MarbleTable, cold, entry } from './table.js';

const running = (chunkCount: number): unknown => like({ ending: 'running', chunkCount });

export const measureTable: MarbleTable = {
  operator: 'measure',
  entries: [
    entry({
      title: 'measure counts beside the stream, with one last record',
      sources: {
        answer: cold({ marbles: ' -a-b-c-d--e-(F|)', subscriptions: '^-----------!' }),
      },
      code: 'measure(metrics, { intervalMs: 3 })',
      operator: ({ answer }, { listener }) => {
        const metrics = listener('metrics');
        return answer.pipe(measure(metrics, { intervalMs: 3 }));
      },
      listeners: {
        metrics: {
          marbles: '             -A---C----E-F',
          values: {
            A: like({ ending: 'running', chunkCount: 1, firstChunkMs: 1 }),
            C: running(3),
            E: running(5),
            F: like({ ending: 'finished', chunkCount: 6, characterCount: 5, durationMs: 12, firstChunkMs: 1 }),
          },
          label,
        },
      },
      result: { marbles: '       -a-b-c-d--e-(F|)' },
    }),
    entry({
      title: 'measure: the last record also comes when the stream fails',
      sources: {
        answer: cold({ marbles: ' -a-b-#', subscriptions: '^----!' }),
      },
      code: 'measure(metrics, { intervalMs: 3 })',
      operator: ({ answer }, { listener }) => {
        const metrics = listener('metrics');
        return answer.pipe(measure(metrics, { intervalMs: 3 }));
      },
      listeners: {
        metrics: {
          marbles: '             -A---F',
          values: { A: running(1), F: like({ ending: 'failed', chunkCount: 2, durationMs: 5 }) },
          label,
        },
      },
      result: { marbles: '       -a-b-#' },
    }),
    entry({
      title: 'measure: the last record also comes when the subscriber leaves',
      sources: {
        answer: cold({ marbles: ' -a-b-c-(F|)', subscriptions: '^---!' }),
      },
      unsubscribe: '             ----!',
      code: 'measure(metrics, { intervalMs: 3 })',
      operator: ({ answer }, { listener }) => {
        const metrics = listener('metrics');
        return answer.pipe(measure(metrics, { intervalMs: 3 }));
      },
      listeners: {
        metrics: {
          marbles: '             -A--U',
          values: { A: running(1), U: like({ ending: 'unsubscribed', chunkCount: 2, durationMs: 4 }) },
          label,
        },
      },
      result: { marbles: '       -a-b' },
    }),
    entry({
      title: 'measure counts a silence longer than stallMs as a stall',
      sources: {
        answer: cold({ marbles: ' -a------b-(F|)', subscriptions: '^---------!' }),
      },
      code: 'measure(metrics, { intervalMs: 99, stallMs: 4 })',
      operator: ({ answer }, { listener }) => {
        const metrics = listener('metrics');
        return answer.pipe(measure(metrics, { intervalMs: 99, stallMs: 4 }));
      },
      listeners: {
        metrics: {
          marbles: '             -A--------F',
          values: {
            A: like({ ending: 'running', chunkCount: 1, stallCount: 0 }),
            F: like({ ending: 'finished', chunkCount: 3, stallCount: 1, durationMs: 10 }),
          },
          label,
        },
      },
      result: { marbles: '       -a------b-(F|)' },
    }),
  ],
};
