import { describe, expect, it } from '@jest/globals';
import { chunkMetadata, type StreamChunk, textChunk } from '../../src/core/chunk.js';
import { StreamGrammar } from '../../src/core/grammar.js';
import {
  finish,
  metadata,
  reasoning,
  restart,
  step,
  text,
  toolCall,
  toolInput,
  toolResult,
  usage,
} from '../operators/support.js';

const inner = { content: '', isFinal: false, timestamp: 0, metadata } as const;
const source: StreamChunk = { ...inner, type: 'source', url: 'https://example.com' };
const file: StreamChunk = { ...inner, type: 'file', mediaType: 'image/png', data: 'AA==' };
const progress = (toolCallId: string): StreamChunk => ({ ...inner, type: 'tool-progress', toolCallId, toolName: 'add', progress: 1 });
const approval = (toolCallId: string): StreamChunk => ({ ...inner, type: 'tool-approval', toolCallId, toolName: 'add', input: {} });
const pending = (toolCallId: string) => ({ toolCallId, toolName: 'add', input: {} });

/** A chunk as somebody's untyped provider may make it. */
const untyped = (chunk: object): StreamChunk => ({ ...inner, ...chunk }) as unknown as StreamChunk;

/** The first violation and the index of its chunk. */
function violation(chunks: readonly StreamChunk[]): string | undefined {
  const grammar = new StreamGrammar();
  for (const [index, chunk] of chunks.entries()) {
    const wrong = grammar.check(chunk);
    if (wrong !== undefined) return `${index}: ${wrong}`;
  }
  const wrong = grammar.end();
  return wrong === undefined ? undefined : `end: ${wrong}`;
}

const one = { providerExecuted: true } as const;

describe('StreamGrammar', () => {
  it.each<[string, readonly StreamChunk[]]>([
    ['a finish alone', [finish()]],
    ['text, reasoning, source and file', [reasoning('Hm'), text('A'), source, file, finish()]],
    ['a mock whose finish has content', [text('A'), { ...finish(), content: 'B' }]],
    ['a model call that leaves its call open', [toolInput('1', '{'), toolInput('1', '}'), toolCall('1'), finish({ usage: usage(1, 2) })]],
    ['arguments that were cut', [toolInput('1', '{"a"'), finish({ finishReason: 'length' })]],
    ['a call without tool-input', [toolCall('1'), toolResult('1'), finish()]],
    ['a call whose arguments are no object', [toolCall('1', { input: undefined, invalidInput: '[1' }), toolResult('1', { isError: true }), finish()]],
    ['parallel calls, closed out of order', [toolCall('1'), toolCall('2'), progress('1'), toolResult('2'), toolResult('1'), finish()]],
    ['a call that is approved', [toolCall('1'), approval('1'), toolResult('1'), finish()]],
    ['a tool of the provider', [toolInput('1', '{}', one), toolCall('1', one), toolResult('1', one), step(0), finish()]],
    ['a tool of the provider that it never closed', [toolCall('1', one), step(0), finish()]],
    ['a result of a tool that the provider ran in an earlier turn', [toolResult('1', one), finish()]],
    ['a tool of the provider with an input of any kind', [toolCall('1', { ...one, input: 'ls' }), finish()]],
    ['a run of one step', [text('A'), step(0), finish()]],
    ['a step that streamed nothing', [step(0), finish()]],
    ['a run with tools', [toolCall('1'), toolResult('1'), step(0), text('A'), step(1), finish()]],
    ['cut arguments in a run', [toolInput('1', '{'), step(0, { finishReason: 'length' }), finish({ finishReason: 'length' })]],
    ['a call that waits for an approval', [toolCall('1'), approval('1'), step(0), finish({ finishReason: 'approval', pending: [pending('1')] })]],
    ['the same id again after restart', [toolCall('1'), restart(), toolCall('1'), toolResult('1'), step(0), finish()]],
    ['an open call that restart made void', [toolCall('1'), restart(), text('A'), step(0), finish()]],
    [
      'usage that is the sum of its parts',
      [
        text('A'),
        restart({ usage: usage(1, 1) }),
        toolCall('1'),
        toolResult('1', { usage: usage(100, 10) }),
        step(0, { usage: usage(10, 2) }),
        step(1),
        finish({ usage: usage(111, 13) }),
      ],
    ],
    ['usage with that of a silent attempt', [step(0, { usage: usage(10, 2) }), finish({ usage: usage(30, 6) })]],
  ])('allows %s', (_what, chunks) => {
    expect(violation(chunks)).toBeUndefined();
  });

  it.each<[string, readonly StreamChunk[]]>([
    ['end: the stream completed without a finish chunk', []],
    ['end: the stream completed without a finish chunk', [text('A'), step(0)]],
    ['1: a text chunk came after finish', [finish(), text('A')]],
    ['1: a finish chunk came after finish', [finish(), finish()]],
    ['0: blink is no type of chunk', [untyped({ type: 'blink' })]],
    ['0: undefined is no type of chunk', [untyped({})]],
    ['0: toString is no type of chunk', [untyped({ type: 'toString' })]],
    ['0: text has no content', [untyped({ type: 'text', content: undefined })]],
    ['0: isFinal is true on a text chunk', [untyped({ type: 'text', isFinal: true })]],
    ['0: isFinal is false on a finish chunk', [untyped({ type: 'finish', finishReason: 'stop' })]],
    ['0: reasoning carries content', [untyped({ type: 'reasoning', reasoning: 'Hm', content: 'Hm' })]],
    ['0: text has no timestamp', [untyped({ type: 'text', timestamp: undefined })]],
    ['0: text has no timestamp', [untyped({ type: 'text', timestamp: NaN })]],
    ['0: text has no streamId', [untyped({ type: 'text', metadata: undefined })]],
    ['0: text has no streamId', [untyped({ type: 'text', metadata: null })]],
    ['1: streamId changed from run_1 to run_2', [text('A'), textChunk('B', chunkMetadata('run_2'), 0)]],
    ['0: tool-input without a toolCallId', [toolInput('', '{')]],
    ['1: tool-input for call 1 after its tool-call', [toolCall('1'), toolInput('1', '{')]],
    ['1: tool-call for call 1 after its tool-call', [toolCall('1'), toolCall('1')]],
    ['2: tool-call for call 1 after its tool-call', [toolCall('1'), toolResult('1'), toolCall('1')]],
    ['1: call 1 changed its tool from add to multiply', [toolInput('1', '{'), toolCall('1', { toolName: 'multiply' })]],
    ['1: providerExecuted of call 1 differs between its chunks', [toolInput('1', '{'), toolCall('1', one)]],
    ['0: call 1 has no object as input', [toolCall('1', { input: undefined })]],
    ['0: call 1 has no object as input', [toolCall('1', { input: [1] })]],
    ['0: call 1 has no object as input', [toolCall('1', { input: null })]],
    ['0: call 1 has both input and invalidInput', [toolCall('1', { input: {}, invalidInput: '{' })]],
    ['0: tool-progress for call 1, which is not open', [progress('1')]],
    ['1: tool-approval for call 1, which is not open', [toolInput('1', '{'), approval('1')]],
    ['2: tool-progress for call 1, which is not open', [toolCall('1'), toolResult('1'), progress('1')]],
    ['0: tool-result for the unknown call 1', [toolResult('1')]],
    ['1: tool-result for call 1, which is not open', [toolInput('1', '{'), toolResult('1')]],
    ['2: tool-result for call 1, which is not open', [toolCall('1'), toolResult('1'), toolResult('1')]],
    ['1: providerExecuted of call 1 differs between call and result', [toolCall('1'), toolResult('1', one)]],
    ['2: tool-result for the unknown call 1', [toolCall('1'), restart(), toolResult('1')]],
    ['0: stepIndex is 1, expected 0', [step(1)]],
    ['1: stepIndex is 0, expected 1', [step(0), step(0)]],
    ['3: call 1 is used in two steps', [toolCall('1'), toolResult('1'), step(0), toolCall('1')]],
    ['2: call 1 is used in two steps', [toolInput('1', '{'), step(0), toolInput('1', '}')]],
    ['2: finish came before the step chunk of the model call that was streaming', [step(0), text('A'), finish()]],
    ['2: call 1 has no result before finish', [toolCall('1'), step(0), finish()]],
    ['3: call 2 has no result before finish', [toolCall('1'), toolCall('2'), step(0), finish({ pending: [pending('1')] })]],
    ['1: finish.pending lists call 9, which is not open', [step(0), finish({ pending: [pending('9')] })]],
    ['3: finish.pending lists call 1, which is not open', [toolCall('1'), toolResult('1'), step(0), finish({ pending: [pending('1')] })]],
    ['1: finish.usage is absent, its parts are not', [step(0, { usage: usage(1, 1) }), finish()]],
    ['1: finish.usage is present, its parts are not', [step(0), finish({ usage: usage(1, 1) })]],
    [
      '2: finish.usage (10/2) is less than its parts (15/4)',
      [step(0, { usage: usage(10, 2) }), step(1, { usage: usage(5, 2) }), finish({ usage: usage(10, 2) })],
    ],
    [
      '3: finish.usage (10/2) is less than its parts (11/9)',
      [toolCall('1'), toolResult('1', { usage: usage(1, 7) }), step(0, { usage: usage(10, 2) }), finish({ usage: usage(10, 2) })],
    ],
    ['1: finish.usage (10/1) is less than its parts (10/2)', [step(0, { usage: usage(10, 2) }), finish({ usage: usage(10, 1) })]],
    [
      '2: finish.usage (10/2) is less than its parts (13/2)',
      [restart({ usage: usage(3, 0) }), step(0, { usage: usage(10, 2) }), finish({ usage: usage(10, 2) })],
    ],
  ])('refuses: %s', (expected, chunks) => {
    expect(violation(chunks)).toBe(expected);
  });
});
