import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunk } from '../../marbles/alphabet.js';
import type { MarbleEvent, MarbleLane, MarbleRecording } from '../../marbles/recording.js';
import { drawSvg } from '../../marbles/svg.js';
import { parseEvents } from './parse-events.js';

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The marks' boxes as a reader of the file sees them: from the SVG alone. */
function boxesOf(svg: string): Box[] {
  const boxes: Box[] = [];
  for (const [, x, y, width, height] of svg.matchAll(/<rect class="am-mark[^"]*" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)) {
    boxes.push({ left: Number(x), right: Number(x) + Number(width), top: Number(y), bottom: Number(y) + Number(height) });
  }
  for (const [, points = ''] of svg.matchAll(/<polygon class="am-mark[^"]*" points="([^"]+)"/g)) {
    const pairs = points.split(' ').map((pair) => pair.split(',').map(Number));
    const xs = pairs.map(([x]) => x ?? NaN);
    const ys = pairs.map(([, y]) => y ?? NaN);
    boxes.push({ left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) });
  }
  for (const [, x, y] of svg.matchAll(/<path class="am-complete" d="M([\d.]+) ([\d.]+)V/g)) {
    boxes.push({ left: Number(x) - 1, right: Number(x) + 1, top: Number(y), bottom: Number(y) + 24 });
  }
  for (const [, x, y] of svg.matchAll(/<path class="am-error" d="M([\d.]+) ([\d.]+)l/g)) {
    boxes.push({ left: Number(x), right: Number(x) + 12, top: Number(y), bottom: Number(y) + 16 });
  }
  return boxes;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function overlaps(boxes: readonly Box[]): number {
  return boxes.reduce((count, box, index) => count + boxes.slice(index + 1).filter((other) => overlap(box, other)).length, 0);
}

function lane(name: string, role: MarbleLane['role'], events: readonly MarbleEvent[]): MarbleLane {
  const last = events.at(-1);
  const end = last !== undefined && last.kind !== 'next' ? { toMs: last.atMs, ending: last.kind } : { ending: 'open' as const };
  return { name, role, events, subscriptions: [{ fromMs: 0, ...end }] };
}

const anyChunk = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30 }).map((text) => chunk.text(text)),
  fc.constantFrom(
    chunk.text('a'),
    chunk.text('日本語'),
    chunk.reasoning('let me see'),
    chunk.toolInput('add', '{"a":'),
    chunk.toolCall('add', { a: 2, b: 3 }),
    chunk.toolApproval('add'),
    chunk.toolProgress('add', { done: 50 }),
    chunk.toolResult('add', 5),
    chunk.toolError('add', 'a long message that says what went wrong'),
    chunk.step(),
    chunk.restart('disconnected'),
    chunk.finish(),
  ),
);

const anyEvents = fc
  .tuple(fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 7, 40, 5_000), anyChunk), { maxLength: 30 }), fc.constantFrom('complete', 'error', undefined))
  .map(([steps, ending]) => {
    const events: MarbleEvent[] = [];
    let atMs = 0;
    for (const [silenceMs, value] of steps) events.push({ kind: 'next', atMs: (atMs += silenceMs), value });
    if (ending === 'complete') events.push({ kind: 'complete', atMs });
    if (ending === 'error') events.push({ kind: 'error', atMs, error: new Error('cut') });
    return events;
  });

function recording(...streams: readonly (readonly MarbleEvent[])[]): MarbleRecording {
  return { title: 'any', code: 'operator()', lanes: streams.map((events, index) => lane(`lane ${index}`, index === 0 ? 'source' : 'result', events)) };
}

describe('drawSvg', () => {
  it('never lets marks overlap or leave the page, whatever comes and whenever', () => {
    fc.assert(
      fc.property(anyEvents, anyEvents, (first, second) => {
        const svg = drawSvg(recording(first, second));
        const boxes = boxesOf(svg);
        const height = Number(/height="([\d.]+)" role/.exec(svg)?.[1]);
        expect(overlaps(boxes)).toBe(0);
        expect(boxes.every(({ left, right, top, bottom }) => left >= 0 && right <= 400 && top >= 0 && bottom <= height)).toBe(true);
        expect(boxes.length).toBeGreaterThanOrEqual([...first, ...second].length);
      }),
      { numRuns: 150 },
    );
  });

  it('stacks what comes at one instant and sets what comes later to the right of it', () => {
    const [a, b, c] = boxesOf(drawSvg(recording(parseEvents('-(ab)-c'))));
    expect(b?.left).toBe(a?.left);
    expect(b?.top).toBeGreaterThan(a?.bottom ?? NaN);
    expect(c?.left).toBeGreaterThan(a?.right ?? NaN);
    expect(c?.top).toBe(a?.top);
  });

  it('sets the same instant of all lanes one below the other', () => {
    const [, b, , other] = boxesOf(drawSvg(recording(parseEvents('-a---b'), parseEvents('-a---b'))));
    expect(other?.left).toBe(b?.left);
  });

  it('goes on in a new row when the page is full', () => {
    const boxes = boxesOf(drawSvg(recording(parseEvents('a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t-u-v-w-x-y-z'))));
    expect(boxes).toHaveLength(26);
    expect(new Set(boxes.map(({ top }) => top)).size).toBeGreaterThan(1);
  });

  it('tells text, reasoning, tools, restarts and the finish apart by class and shape', () => {
    const values = { C: chunk.toolCall('add'), D: chunk.toolResult('add', 5), X: chunk.restart('disconnected') };
    const svg = drawSvg(recording(parseEvents('a-R-C-D-X-(F|)', values)));
    for (const kind of ['text', 'reasoning', 'tool-call', 'tool-result', 'finish']) expect(svg).toContain(`<rect class="am-mark am-${kind}"`);
    expect(svg).toContain('<polygon class="am-mark am-restart"');
  });

  it('draws completion, error and unsubscribe as three different things', () => {
    expect(drawSvg(recording(parseEvents('-a|')))).toContain('class="am-complete"');
    const failed = drawSvg(recording(parseEvents('-a#', {}, new TypeError('x'))));
    expect(failed).toContain('class="am-error"');
    expect(failed).toContain('>TypeError</text>');
    const left = drawSvg({
      title: 'left',
      lanes: [{ name: 'r', role: 'result', events: parseEvents('-a'), subscriptions: [{ fromMs: 0, toMs: 3, ending: 'unsubscribe' }] }],
    });
    expect(left).toContain('class="am-unsubscribe"');
    expect(left).toContain('>unsubscribed</text>');
  });

  it('draws the line up to the bar or the cross beside a mark, and says below it what it is', () => {
    for (const [marbles, path] of [
      ['-a-(bcF|)', /class="am-complete" d="M([\d.]+)/],
      ['-a-(bcF#)', /class="am-error" d="M([\d.]+) [\d.]+l12/],
    ] as const) {
      const svg = drawSvg(recording(parseEvents(marbles, {}, new TypeError('x'))));
      const at = Number(path.exec(svg)?.[1]) + (svg.includes('am-error" d') ? 6 : 0);
      const [, reached] = /class="am-line" d="M[\d.]+ [\d.]+H([\d.]+)"/.exec(svg) ?? [];
      expect(Number(reached)).toBeCloseTo(at, 0);
      const [, note, words = ''] = /class="am-note am-note-error" x="([\d.]+)" y="[\d.]+">([^<]+)/.exec(svg) ?? [];
      if (note !== undefined) expect(Number(note) + (words.length * 6.6) / 2).toBeCloseTo(at, 0);
    }
  });

  it('begins a subscription where its first instant stands', () => {
    const svg = drawSvg(recording(parseEvents('a-|', { a: chunk.text('a wide first mark') })));
    const [, tick] = /class="am-axis" d="M([\d.]+) [\d.]+v8"/.exec(svg) ?? [];
    expect(svg).toContain(`<circle class="am-line" cx="${tick}"`);
  });

  it('shows a failure also when the source is subscribed anew, and emits, at the same instant', () => {
    const svg = drawSvg({
      title: 'retry',
      lanes: [
        {
          name: 'source',
          role: 'source',
          events: [{ kind: 'error', atMs: 2, error: new TypeError('x') }, ...parseEvents('--a-|')],
          subscriptions: [
            { fromMs: 0, toMs: 2, ending: 'error' },
            { fromMs: 2, toMs: 4, ending: 'complete' },
          ],
        },
      ],
    });
    expect(svg).toContain('class="am-error"');
    expect(svg).toContain('class="am-mark am-text"');
    expect(svg).toContain('class="am-complete"');
    expect(overlaps(boxesOf(svg))).toBe(0);
  });

  it('labels the axis with the milliseconds at which something happened', () => {
    const labels = [...drawSvg(recording(parseEvents('--a---b-|'))).matchAll(/class="am-time"[^>]*>([^<]+)</g)].map(([, label]) => label);
    expect(labels).toEqual(['ms', '0', '2', '6', '8']);
  });

  it('gives the milliseconds of what stands behind a gap in the axis, however usual such a silence is', () => {
    const events = [1, 2, 3_600_000, 7_200_000, 86_400_000].map((atMs): MarbleEvent => ({ kind: 'next', atMs, value: chunk.text('a') }));
    const svg = drawSvg(recording(events));
    expect([...svg.matchAll(/class="am-time"[^>]*>([^<]+)</g)].map(([, label]) => label)).toEqual(['ms', '0', '1', '2', '3600000', '7200000', '86400000']);
    expect(svg.match(/class="am-axis" d="M[\d.]+ [\d.]+l4 -8/g)?.length).toBe(3);
  });

  it('shows the output of a tool that failed, and nothing that turns the text around', () => {
    const svg = drawSvg(recording(parseEvents('a-b', { a: chunk.toolError('f', { code: 1 }), b: chunk.text('x\u202ey') })));
    expect(svg).toContain('>✗ {code: 1}</text>');
    expect(svg).not.toContain('\u202e');
  });

  it('makes room for wide letters outside of the basic plane', () => {
    const widthOf = (letters: string): number => {
      const [box] = boxesOf(drawSvg(recording(parseEvents('a', { a: chunk.text(letters) }))));
      return (box?.right ?? NaN) - (box?.left ?? NaN);
    };
    expect(widthOf('𠮷𠮷𠮷𠮷')).toBe(widthOf('漢漢漢漢'));
  });

  it('holds both colour schemes and escapes what a model may say', () => {
    const svg = drawSvg(recording(parseEvents('a', { a: chunk.text('<&">\u0000') })));
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg).toContain('&lt;&amp;&quot;&gt;\\u0000');
  });

  it('draws the same bytes for the same recording', () => {
    const one = recording(parseEvents('-a-b-(F|)'));
    expect(drawSvg(one)).toBe(drawSvg(recording(parseEvents('-a-b-(F|)'))));
  });
});
