import { type MonoTypeOperatorFunction, type Observable, type SchedulerLike, asyncScheduler, defer, finalize } from 'rxjs';
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
 * Keeps every chunk until then: for looking at a stream, not for production.
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
      return recorder.watch(source$).pipe(finalize(() => done({ title, lanes: [recorder.lane('stream', 'result')] })));
    });
}

/**
 * Draws a recording, or a live stream when it has ended, as text and as SVG.
 *
 * A stream's error is part of the diagram; the Promise does not reject for it.
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
  return { text: drawText(recording), svg: drawSvg(recording) };
}

function drawLive(stream$: Observable<unknown>, options?: RecordOptions): Promise<MarbleDiagram> {
  return new Promise((resolve) => {
    stream$.pipe(recordStream((recording) => resolve(draw(recording)), options)).subscribe({ error: () => undefined });
  });
}
