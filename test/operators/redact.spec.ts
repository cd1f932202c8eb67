import { describe, expect, it } from '@jest/globals';
import { concat, from, of, throwError } from 'rxjs';
import { inspect } from 'node:util';
import { mapInterruption, redact, type RedactOptions, type TextPattern } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { isStreamInterrupted, type StreamInterruptedError, StreamInterruptedError as Interruption, ValidationError } from '../../src/core/errors.js';
import { StreamingResponse } from '../../src/core/response.js';
import { checkAnyChunking, piecesOf } from './any-chunking.js';
import { chunks, finish, metadata, reasoning, step, text, toolCall, toolInput, toolResult, usage, virtually } from './support.js';

const key: TextPattern = { pattern: /\bsk-\w{4,}/, maxLength: 40 };
const replay = { provider: 'anthropic', data: 'sk-12345' };

function seenOf(input: readonly StreamChunk[], options?: RedactOptions): StreamChunk[] {
  const seen: StreamChunk[] = [];
  from(input).pipe(redact([key], options)).subscribe((chunk) => seen.push(chunk));
  return seen;
}

const boom = new Error('boom');

describe('redact', () => {
  it('takes out what is cut across chunks', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--b--c--(f|)', { ...chunks, a: text('Key: s'), b: text('k-123'), c: text('45. Ok') });
      const expected = '                  -x-----y--(f|)';
      expectObservable(source.pipe(redact([key]))).toBe(expected, { ...chunks, x: text('Key: '), y: text('[redacted]. Ok') });
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    });
  });

  it('gives the same as on the whole text, whatever its chunks', () => {
    const operator = redact([{ pattern: /\bsk-\w{4,}/, maxLength: 400 }, 'jane@example.com', { pattern: /\d{3}-\d{4}/, maxLength: 8 }]);
    const parts = ['sk-', 'abcd', '1234', '555', '-', ' ', 'jane@', 'example.com', 's', '.'];
    checkAnyChunking(parts, operator, (whole) => whole.replace(/\bsk-\w{4,}|jane@example\.com|\d{3}-\d{4}/g, () => '[redacted]'));
  });

  it.each<[string, RegExp, readonly string[], string]>([
    ['a lookbehind behind its run', /\S+(?<=\.pdf)/, ['see repo', 'rt.pdf', ' now'], 'see [redacted] now'],
    ['a lookbehind that asks for the last character', /\b\w{8,}(?<=\d)/, ['key abcdefgh', '12', ' ok'], 'key [redacted] ok'],
    ['the start of a line in its middle', /PIN:\s*^\d{4}/m, ['PIN:', '\n', '1234', ' ok'], '[redacted] ok'],
    ['a back reference in a lookbehind', /(a)b(?<=\1b)/, ['a', 'b'], '[redacted]'],
  ])('lets nothing out of a pattern with %s', (_title, pattern, parts, expected) => {
    const operator = redact([{ pattern, maxLength: 40 }]);
    expect(piecesOf([text(parts.join('')), finish()], operator).join('')).toBe(expected);
    expect(piecesOf([...parts.map((part) => text(part)), finish()], operator).join('')).toBe(expected);
  });

  it('takes the first match, and the longest of several that begin together', () => {
    expect(piecesOf([text('ab'), text('cd')], redact(['ab', 'abc']))).toEqual(['[redacted]d']);
    expect(piecesOf([text('ab'), text('cd')], redact(['abc', 'ab']))).toEqual(['[redacted]d']);
    expect(piecesOf([text('b wxyz.')], redact(['wxyz', 'b']))).toEqual(['[redacted] [redacted].']);
    expect(piecesOf([text('b wxyz.')], redact(['b', 'wxyz']))).toEqual(['[redacted] [redacted].']);
  });

  it('passes text, reasoning and tool input that hold no match as they came', () => {
    const input = [text('one. '), reasoning('two. '), toolInput('call_1', '{"a":3, ')];
    const seen = seenOf(input);
    expect(seen.map((chunk, index) => chunk === input[index])).toEqual([true, true, true]);
  });

  it('lets held reasoning out before a finish that has content', () => {
    expect(seenOf([reasoning('use sk-1'), { ...finish(), content: 'sk' }])).toEqual([reasoning('use '), reasoning('sk-1'), { ...finish(), content: 'sk' }]);
    expect(seenOf([reasoning('use sk-1'), { ...finish(), content: 'Done.' }])).toEqual([reasoning('use '), text('Done.'), reasoning('sk-1'), finish()]);
  });

  it('covers reasoning, each with its own held text', () => {
    expect(seenOf([reasoning('use sk-1'), text('sk'), reasoning('2345 now'), text('y.'), finish()])).toEqual([
      reasoning('use '),
      reasoning('[redacted] now'),
      text('sky.'),
      finish(),
    ]);
  });

  it('covers tool input: streamed for each call, whole, waiting and pending', () => {
    const call = toolCall('call_1', { input: { key: 'sk-12345', list: ['sk-67890', 1, null, true], depth: { deep: 'x sk-12345' } } });
    const clean = { key: '[redacted]', list: ['[redacted]', 1, null, true], depth: { deep: 'x [redacted]' } };
    const approval: StreamChunk = { ...toolInput('call_1', ''), type: 'tool-approval', input: { key: 'sk-12345' } };
    const pending = [{ toolCallId: 'call_1', toolName: 'add', input: { key: 'sk-12345' } }];
    const seen = seenOf([
      toolInput('call_1', '{"key":"sk-1'),
      toolInput('call_2', '{"sk'),
      toolInput('call_1', '2345"}'),
      call,
      approval,
      toolCall('call_2', { input: undefined, invalidInput: '{"sk-12345' }),
      finish({ finishReason: 'approval', pending }),
    ]);
    expect(seen).toEqual([
      toolInput('call_1', '{"key":"'),
      toolInput('call_2', '{"'),
      toolInput('call_1', '[redacted]"}'),
      { ...call, input: clean },
      { ...approval, input: { key: '[redacted]' } },
      toolInput('call_2', 'sk'),
      toolCall('call_2', { input: undefined, invalidInput: '{"[redacted]' }),
      finish({ finishReason: 'approval', pending: [{ toolCallId: 'call_1', toolName: 'add', input: { key: '[redacted]' } }] }),
    ]);
  });

  it('follows the input of each call to its own end, when the pieces of several alternate', () => {
    const seen = seenOf([
      toolInput('call_1', '{"key":"sk-1'),
      text('A sk-12'),
      toolInput('call_2', '{}'),
      toolCall('call_2'),
      toolInput('call_1', '2345"}'),
      toolCall('call_1', { input: { key: 'sk-12345' } }),
      finish({ finishReason: 'tool-calls' }),
    ]);
    expect(seen).toEqual([
      toolInput('call_1', '{"key":"'),
      text('A '),
      toolInput('call_2', '{}'),
      text('sk-12'),
      toolCall('call_2'),
      toolInput('call_1', '[redacted]"}'),
      toolCall('call_1', { input: { key: '[redacted]' } }),
      finish({ finishReason: 'tool-calls' }),
    ]);
  });

  it.each<[string, readonly StreamChunk[]]>([
    ['a tool call', [toolCall('call_1')]],
    ['the end', []],
  ])('lets out what is ready when the replacement of another text throws before %s', (_title, after) => {
    const patterns = [{ pattern: /sk-\d+/, maxLength: 9 }, { pattern: /\w@\w+/, maxLength: 9 }];
    const replacement = (match: string): string => {
      if (match === 'x@y') throw boom;
      return '*';
    };
    const seen: unknown[] = [];
    from([text('sk-1'), reasoning('x@y'), ...after])
      .pipe(redact(patterns, { replacement }))
      .subscribe({ next: (chunk) => seen.push(chunk), error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([text('*'), boom]);
  });

  it('covers keys and numbers of whole tool input, as its text had them', () => {
    const input = { 'sk-12345': 5551234, amount: 12, 'sk-67890': { n: 1.5 }, list: [5551234, -5551234], on: true };
    const clean = { '[redacted]': '[redacted]', amount: 12, '[redacted] 2': { n: 1.5 }, list: ['[redacted]', '-[redacted]'], on: true };
    const call = toolCall('call_1', { input });
    const seen: StreamChunk[] = [];
    const operator = redact([key, { pattern: /\d{7}/, maxLength: 7 }]);
    from([call, finish({ finishReason: 'approval', pending: [{ toolCallId: 'call_1', toolName: 'add', input }] })])
      .pipe(operator)
      .subscribe((chunk) => seen.push(chunk));
    expect(seen).toEqual([
      { ...call, input: clean },
      finish({ finishReason: 'approval', pending: [{ toolCallId: 'call_1', toolName: 'add', input: clean }] }),
    ]);
    expect(Object.keys((seen[0] as typeof call).input as object)).toEqual(Object.keys(clean));
  });

  it('keeps every field of several keys that become the same', () => {
    const [seen] = seenOf([toolCall('call_1', { input: { 'sk-aaaa': 1, 'sk-bbbb': 2, 'sk-cccc': 3 } })]);
    expect(seen).toEqual(toolCall('call_1', { input: { '[redacted]': 1, '[redacted] 2': 2, '[redacted] 3': 3 } }));
  });

  it('passes what is no plain data by identity, and takes __proto__ for a key like any other', () => {
    class Point {
      readonly x = 'sk-12345';
    }
    const input = { date: new Date(0), map: new Map([['a', 1]]), point: new Point(), bare: Object.assign(Object.create(null), { a: 'sk-12345' }) as object };
    const [seen] = seenOf([toolCall('call_1', { input })]);
    const given = (seen as ReturnType<typeof toolCall>).input as typeof input;
    expect(given.date).toBe(input.date);
    expect(given.map).toBe(input.map);
    expect(given.point).toBe(input.point);
    expect(given.bare).toEqual({ a: '[redacted]' });
    const odd: unknown = JSON.parse('{"__proto__":{"a":"sk-12345"}}');
    expect(JSON.stringify((seenOf([toolCall('call_1', { input: odd })])[0] as ReturnType<typeof toolCall>).input)).toBe('{"__proto__":{"a":"[redacted]"}}');
  });

  it('leaves out the replay, which may repeat the reasoning', () => {
    expect(seenOf([step(0, { replay }), finish({ replay })])).toEqual([step(0), finish()]);
  });

  it('leaves reasoning and tool input as they are when they are switched off', () => {
    const input = [
      reasoning('sk-12345'),
      toolInput('call_1', 'sk-12345'),
      toolCall('call_1', { input: { key: 'sk-12345' } }),
      step(0, { replay }),
      finish({ replay, pending: [toolCall('call_1', { input: 'sk-12345' })] }),
    ];
    expect(seenOf(input, { reasoning: false, toolInput: false })).toEqual(input);
  });

  describe('the error', () => {
    const answer = [
      reasoning('think sk-12345'),
      text('one '),
      text('sk-1'),
      text('2345'),
      toolInput('call_1', '{"sk-12345'),
      toolCall('call_2', { input: { key: 'sk-12345' } }),
      toolResult('call_2', { output: 1 }),
      toolCall('call_3', { input: undefined, invalidInput: 'sk-12345' }),
    ];
    const cause = new Error('socket');
    const partial = (): StreamingResponse => {
      const times = [100, 130, 130, 180];
      const response = new StreamingResponse({ now: () => times.shift() ?? 200 });
      for (const chunk of answer) response.addChunk(chunk);
      return response.end({ usage: usage(3, 4), replay });
    };
    const error = new Interruption('It was cut.', { reason: 'disconnected', partial: partial(), cause });
    const errorOf = (options?: RedactOptions): StreamInterruptedError => {
      let seen: unknown;
      concat(from(answer), throwError(() => error))
        .pipe(redact([key], options))
        .subscribe({ error: (given: unknown) => (seen = given) });
      if (!isStreamInterrupted(seen)) throw new Error('no interruption came');
      return seen;
    };

    it('carries a clean copy of the partial, and the rest as it was', () => {
      const seen = errorOf();
      expect(seen).toMatchObject({ reason: 'disconnected', message: 'It was cut.', cause, streamId: 'run_1', partialResponse: 'one [redacted]' });
      expect(seen.partial).toMatchObject({
        reasoningText: 'think [redacted]',
        toolCalls: [
          { toolCallId: 'call_1', state: 'input', inputText: '{"[redacted]' },
          { toolCallId: 'call_2', state: 'done', input: { key: '[redacted]' }, output: 1, isError: false },
          { toolCallId: 'call_3', state: 'called', invalidInput: '[redacted]' },
        ],
        usage: usage(3, 4),
        replay: undefined,
        chunkCount: error.partial.chunkCount,
        startTime: error.partial.startTime,
        endTime: error.partial.endTime,
        firstChunkMs: error.partial.firstChunkMs,
        durationMs: error.partial.durationMs,
        metadata,
      });
      expect(inspect(seen.partial.snapshot(), { depth: 9 }) + JSON.stringify(seen)).not.toContain('sk-');
      expect(error.partialResponse).toBe('one sk-12345');
    });

    it('keeps of a call in the partial whose tool it was, that it failed, and nothing that was not there', () => {
      const response = new StreamingResponse();
      const search = { providerExecuted: true, toolName: 'web_search' } as const;
      const calls = [toolCall('call_1', search), toolCall('call_2'), toolResult('call_2', { output: 'no', isError: true })];
      for (const chunk of calls) response.addChunk(chunk);
      const cutError = new Interruption('It was cut.', { reason: 'disconnected', partial: response.end() });
      let seen: unknown;
      throwError(() => cutError).pipe(redact([key])).subscribe({ error: (given: unknown) => (seen = given) });
      expect((seen as StreamInterruptedError).partial.toolCalls).toStrictEqual([
        { toolCallId: 'call_1', toolName: 'web_search', state: 'called', input: {}, providerExecuted: true },
        { toolCallId: 'call_2', toolName: 'add', state: 'done', input: {}, output: 'no', isError: true },
      ]);
    });

    it('has a partial as empty as the source’s, whose clock may still run', () => {
      const times = [100, 250];
      const running = new StreamingResponse({ now: () => times.shift() ?? 300 });
      const early = new Interruption('It was cut.', { reason: 'disconnected', partial: running });
      let seen: unknown;
      throwError(() => early).pipe(redact([key])).subscribe({ error: (given: unknown) => (seen = given) });
      const { partial } = seen as StreamInterruptedError;
      expect(partial).toMatchObject({ chunkCount: 0, completeText: '', metadata: undefined, firstChunkMs: undefined, startTime: 100, endTime: 250 });
    });

    it('is the source’s own when the partial is not covered', () => {
      expect(errorOf({ partial: false })).toBe(error);
    });

    it('keeps in the partial what is switched off', () => {
      const { partial: seen } = errorOf({ reasoning: false, toolInput: false });
      expect(seen).toMatchObject({ reasoningText: 'think sk-12345', completeText: 'one [redacted]', replay });
      expect(seen.toolCalls).toEqual(error.partial.toolCalls);
    });

    it('stays clean through a mapInterruption below', () => {
      let seen: unknown;
      concat(of(text('one sk-12345')), throwError(() => new Error('boom')))
        .pipe(mapInterruption(), redact([key]), mapInterruption())
        .subscribe({ error: (given: unknown) => (seen = given) });
      expect(seen).toMatchObject({ reason: 'failed', partialResponse: 'one [redacted]' });
    });
  });

  it.each<[string, unknown]>([
    ['no list', 'secret'],
    ['no pattern', []],
    ['an empty text', ['a', '']],
    ['nothing', [null]],
    ['a pattern without its longest match', [/a/]],
  ])('refuses %s at once', (_title, patterns) => {
    expect(() => redact(patterns as TextPattern[])).toThrow(ValidationError);
  });
});
