import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TextEnvelope } from '../../../src/providers/wire/text-envelope.js';

const event = (text: string): string => JSON.stringify({ id: 'x', choices: [{ index: 0, delta: { content: text }, finish_reason: null }] });

function learned(text = 'word'): TextEnvelope {
  const envelope = new TextEnvelope('content');
  envelope.learn(event(text), text);
  return envelope;
}

describe('TextEnvelope', () => {
  it('reads the next piece of an event that is the same around it', () => {
    expect(learned().read(event(' next'))).toBe(' next');
    expect(learned().read(event('é漢🙂'))).toBe('é漢🙂');
  });

  it.each([
    ['nothing learned', new TextEnvelope('content'), event('a')],
    ['another head', learned(), event('a').replace('"x"', '"y"')],
    ['another tail', learned(), event('a').replace('null', '"stop"')],
    ['an escape', learned(), event('a"b')],
    ['a newline', learned(), event('a\nb')],
    ['no text', learned(), event('')],
    ['a second field behind a quote', learned(), event('a').replace('"a"', '"a","more":"b"')],
    ['a piece of the event alone', learned(), event('a').slice(0, -2)],
  ])('leaves to the parser: %s', (_, envelope, data) => {
    expect(envelope.read(data)).toBeUndefined();
  });

  it('learns nothing where the field is named twice', () => {
    const data = '{"content":"a","b":{"content":"c"}}';
    const envelope = new TextEnvelope('content');
    envelope.learn(data, 'a');
    expect(envelope.read(data)).toBeUndefined();
  });

  it('gives up on a server whose events differ each time', () => {
    const envelope = new TextEnvelope('content');
    for (let index = 0; index < 20; index++) envelope.learn(event('a').replace('"x"', `"${index}"`), 'a');
    expect(envelope.read(event('b').replace('"x"', '"19"'))).toBeUndefined();
  });

  it('reads what JSON.parse would, or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (first, next) => {
        const piece = learned(first).read(event(next));
        return piece === undefined || piece === next;
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('"\\,:{}contea ')) }), (inner) => {
        const data = event('a').replace('"a"', `"${inner}"`);
        const piece = learned().read(data);
        if (piece === undefined) return true;
        return (JSON.parse(data) as { choices: { delta: { content: string } }[] }).choices[0]?.delta.content === piece;
      }),
    );
  });
});
