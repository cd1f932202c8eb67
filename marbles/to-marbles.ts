import { type MonoTypeOperatorFunction, type Observable, type SchedulerLike, asyncScheduler, defer, tap, throwError } from 'rxjs';
import { firstPart } from './first-part.js';
import { drawSvg } from './svg.js';
import { drawText } from './text-diagram.js';
import { LaneRecorder, type MarbleRecording } from './recording.js';

/** A stream as pictures. */
export interface MarbleDiagram {
  /** A line of marbles per stream, and what the letters mean. */
  readonly text: string;
  /** A file of its own, for light and dark pages. */
  readonly svg: string;
}

/** How a stream is recorded. */
export interface RecordOptions {
  /** Default `'stream'`. */
  readonly title?: string;
  /** The clock. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Passes a stream on and hands its recording to `done` when it ends: complete, error or unsubscribe.
 *
 * Keeps every chunk until then: for looking at a stream, not for production. What `done` throws on completion is the stream's error; when
 * there is no channel left for it (the stream has failed, or the consumer has left) it is reported as RxJS reports unhandled errors.
 *
 * @example
 * agent.stream$('Hi').pipe(recordStream((recording) => writeFileSync('out.svg', toMarbles(recording).svg))).subscribe();
 */
export function recordStream<T>(done: (recording: MarbleRecording) => void, options: RecordOptions = {}): MonoTypeOperatorFunction<T> {
  const { title = 'stream', scheduler = asyncScheduler } = options;
  return (source$) =>
    defer(() => {
      const startMs = scheduler.now();
      const recorder = new LaneRecorder(() => scheduler.now() - startMs);
      const finish = (): void => done({ title, lanes: [recorder.lane('stream', 'result')] });
      const finishBeside = (): void => {
        try {
          finish();
        } catch (error) {
          // Nobody listens: RxJS throws it from a timer.
          throwError(() => error).subscribe();
        }
      };
      return recorder.watch(source$).pipe(tap({ complete: finish, error: finishBeside, unsubscribe: finishBeside }));
    });
}

/**
 * Draws a recording, or a live stream when it has ended, as text and as SVG.
 *
 * A stream's error is part of the diagram; the Promise does not reject for it, but for values that cannot be drawn. Of more than 1,000
 * notifications the first are drawn, and the title says so.
 *
 * @example
 * const { text, svg } = await toMarbles(agent.stream$('Hi'));
 */
export function toMarbles(recording: MarbleRecording): MarbleDiagram;
export function toMarbles(stream$: Observable<unknown>, options?: RecordOptions): Promise<MarbleDiagram>;
export function toMarbles(
  subject: MarbleRecording | Observable<unknown>,
  options?: RecordOptions,
): MarbleDiagram | Promise<MarbleDiagram> {
  return 'lanes' in subject ? draw(subject) : drawLive(subject, options);
}

function draw(recording: MarbleRecording): MarbleDiagram {
  const part = firstPart(recording);
  const text = drawText(part);
  return { text, svg: drawSvg(part, text) };
}

async function drawLive(stream$: Observable<unknown>, options?: RecordOptions): Promise<MarbleDiagram> {
  const recording = await new Promise<MarbleRecording>((resolve) => {
    stream$.pipe(recordStream(resolve, options)).subscribe({ error: () => undefined });
  });
  return draw(recording);
}
