import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { concat, from, lastValueFrom, map, NEVER, type Observable, of, take, tap, throwError, toArray } from 'rxjs';
import { z } from 'zod';
import { type DeepPartial, partialObject, type PartialObjectOptions } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { isValidationError, ValidationError } from '../../src/core/errors.js';
import type { StandardSchemaV1 } from '../../src/core/standard-schema.js';
import { chunks, finish, reasoning, restart, step, text, toolCall, toolInput, toolResult, virtually } from './support.js';

const boom = new Error('boom');

const Recipe = z.object({ title: z.string(), minutes: z.number(), steps: z.array(z.object({ text: z.string() })) });

const json = '{"title":"Pancakes","minutes":20,"steps":[{"text":"Mix."},{"text":"Fry."}]}';
const whole = { title: 'Pancakes', minutes: 20, steps: [{ text: 'Mix.' }, { text: 'Fry.' }] };

interface Seen {
  readonly values: readonly unknown[];
  readonly error: unknown;
}

function see(source: Observable<StreamChunk>, schema: StandardSchemaV1 = z.unknown(), options?: PartialObjectOptions): Seen {
  const values: unknown[] = [];
  let error: unknown;
  source.pipe(partialObject(schema, options)).subscribe({ next: (value) => values.push(value), error: (reason: unknown) => (error = reason) });
  return { values, error };
}

const answer = (...pieces: readonly string[]): Observable<StreamChunk> => from([...pieces.map(text), finish()]);

describe('partialObject', () => {
  it('emits the object each time it changes, and last what the schema made of the whole', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const schema = z.object({ a: z.string(), b: z.number(), c: z.string().default('none') });
      const source = cold('-a-b-c-d-(f|)', { a: text('{"a":"x'), b: text('y"'), c: text(',"b":'), d: text('1}'), f: finish() });
      expectObservable(source.pipe(partialObject(schema))).toBe('-a-b---d-(w|)', {
        a: { a: 'x' },
        b: { a: 'xy' },
        d: { a: 'xy', b: 1 },
        w: { a: 'xy', b: 1, c: 'none' },
      });
      expectSubscriptions(source.subscriptions).toBe('^--------!');
    });
  });

  it('gives the same final value for any cutting of the text, with other chunks between', () => {
    const between = fc.constantFrom<StreamChunk>(reasoning('hm'), toolInput('call_1', '{'), text(''));
    const pieces = fc.array(fc.tuple(fc.nat({ max: json.length }), fc.option(between)), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, (places) => {
        const sorted = [...places].sort(([a], [b]) => a - b);
        let from_ = 0;
        const source: StreamChunk[] = [];
        for (const [place, other] of sorted) {
          source.push(text(json.slice(from_, place)), ...(other === null ? [] : [other]));
          from_ = place;
        }
        const { values, error } = see(from([...source, text(json.slice(from_)), finish()]), Recipe);
        expect(error).toBeUndefined();
        expect(values.at(-1)).toEqual(whole);
        // Every value is one that the text has at some place.
        for (const value of values) expect(onTheWay.has(JSON.stringify(value))).toBe(true);
      }),
    );
  });

  it.each([
    ['a list', '[', (index: number) => String(index)],
    ['a list in an object', '{"items":[', (index: number) => String(index)],
    ['a list of records', '[', (index: number) => `{"id":${index},"name":"a name for ${index}"}`],
    ['a large object', '{', (index: number) => `"${index}":${index}`],
  ])('does a linear amount of work on %s, also when every value is read', (_title, open, entry) => {
    // Counted, not timed: how many entries all values together hold, for each character of the text.
    const entriesRead = (count: number): number => {
      const whole = open + Array.from({ length: count }, (_, index) => entry(index)).join(',');
      let entries = 0;
      from(whole.match(/.{1,4}/g) ?? []).pipe(map(text), partialObject(z.unknown())).subscribe((value) => (entries += sizeOf(value)));
      return entries / whole.length;
    };
    const [few, many] = [entriesRead(1_000), entriesRead(8_000)];
    expect(few).toBeGreaterThan(1);
    expect(many / few).toBeLessThan(1.5);
  });

  it('emits every change of up to 64 entries; a longer list comes in strides of an eighth of its entries in characters', () => {
    const lengths: number[] = [];
    const list = (count: number): string => `[${Array.from({ length: count }, () => '1').join(',')},`;
    from(Array.from(list(200), text)).pipe(partialObject(z.array(z.number()))).subscribe((value) => lengths.push(value.length));
    expect(lengths.slice(0, 65)).toEqual(Array.from({ length: 65 }, (_, index) => index));
    // Two characters an entry: 65 entries cost 9 characters, so 5 entries; 160 cost 20, so 10.
    const strides = lengths.slice(66, -1).map((length, index) => length - (lengths[index + 65] ?? 0));
    expect(Math.min(...strides)).toBeGreaterThan(4);
    expect(Math.max(...strides)).toBeLessThan(14);
    // The last that came is never held back.
    expect(lengths.at(-1)).toBe(200);
  });

  it('emits what is held before an error of the source, and when a long list ends', () => {
    const list = Array.from({ length: 100 }, () => 1);
    const pieces = Array.from(`{"list":${JSON.stringify(list)}`);
    const boom = new Error('boom');
    const cutShort = see(concat(from(pieces.slice(0, -1).map(text)), throwError(() => boom)));
    expect(cutShort).toEqual({ values: expect.any(Array), error: boom });
    expect(cutShort.values.at(-1)).toEqual({ list: list.slice(1) });
    const closed = see(concat(from(pieces.map(text)), NEVER));
    expect(closed.values.at(-1)).toEqual({ list });
  });

  it('gives plain data: a long list can be printed, cloned and compared', () => {
    const list = Array.from({ length: 300 }, (_, index) => index);
    const { values, error } = see(from([text(`{"list":[${list.join(',')},`), finish({ finishReason: 'length' })]));
    for (const value of [values.at(-1), isValidationError(error) && error.partial]) {
      expect(inspect(value)).toContain('200 more items');
      expect(structuredClone(value)).toEqual({ list });
    }
  });

  it('counts the content of a finish, as mocks put it there', () => {
    expect(see(of<StreamChunk>({ ...finish(), content: '{"a":1}' })).values).toEqual([{ a: 1 }]);
  });

  it('takes the object out of the text around it', () => {
    expect(see(answer('Here you are:\n```json\n{"a"', ':1}\n``', '`')).values).toEqual([{}, { a: 1 }, { a: 1 }]);
  });

  it("reads the last step's text in an agent's run, and begins anew on a restart", () => {
    const run = from([text('{"draft":1}'), toolCall('call_1'), toolResult('call_1'), step(0, { finishReason: 'tool-calls' }), text('{"a":1}'), step(1), finish()]);
    expect(see(run).values.at(-1)).toEqual({ a: 1 });
    expect(see(from([text('{"a":"old'), restart(), text('{"b":2}'), finish()])).values).toEqual([{ a: 'old' }, { b: 2 }, { b: 2 }]);
  });

  it('goes on in the next step after a pause', () => {
    const run = from([text('{"a":'), step(0, { finishReason: 'pause' }), text('1}'), step(1), finish()]);
    expect(see(run).values.at(-1)).toEqual({ a: 1 });
  });

  it.each<[string, Observable<StreamChunk>, string, unknown]>([
    ['no JSON', answer('{"a":1,', ' b}'), 'no JSON', { a: 1 }],
    ['an answer that was cut', from([text('{"a":"x'), finish({ finishReason: 'length' })]), 'Raise maxTokens', { a: 'x' }],
    ['an answer without an object', answer('Sorry, no.'), 'no JSON object', undefined],
  ])('errors on %s, with what came', (_title, source, message, partial) => {
    const { error } = see(source);
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({ message: expect.stringContaining(message), partial });
  });

  it('errors when the schema does not accept the whole, and says where; the partial is not in what is logged', () => {
    const { values, error } = see(answer('{"title":"Pancakes","minutes":"twenty"', ',"steps":[]}'), Recipe);
    expect(values).toEqual([{ title: 'Pancakes', minutes: 'twenty' }, { title: 'Pancakes', minutes: 'twenty', steps: [] }]);
    expect(isValidationError(error) && error.message).toContain('- minutes: ');
    expect(isValidationError(error) && error.partial).toEqual({ title: 'Pancakes', minutes: 'twenty', steps: [] });
    expect(JSON.stringify(error)).not.toContain('Pancakes');
  });

  it.each([
    ['step', step(0)],
    ['finish', finish()],
  ])('fails at the %s of an answer that is no JSON, and unsubscribes the source', (_, f) => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-c-f-d', { a: text('[1,'), b: text(','), c: text('2]'), d: text('more'), f });
      const seen = source.pipe(partialObject(z.array(z.number())));
      expectObservable(seen.pipe(map((value) => value.length))).toBe('-a-----#', { a: 1 }, expect.any(ValidationError));
      expectSubscriptions(source.subscriptions).toBe('^------!');
    });
  });

  it('fails at the end of a stream without finish that is no JSON', () => {
    const { values, error } = see(of(text('[1,'), text(',2]')));
    expect([values, isValidationError(error) && error.partial]).toEqual([[[1]], [1]]);
  });

  it('passes over text before a tool call or a restart that only looks like the beginning of an object', () => {
    const look = text('Let me check [Rome] first.');
    const last = [text('{"city":"Rome"}'), finish()];
    const toolStep = [toolCall('call_1'), toolResult('call_1'), step(0, { finishReason: 'tool-calls' })];
    expect(see(from([look, ...toolStep, ...last]))).toEqual({ values: [{ city: 'Rome' }, { city: 'Rome' }], error: undefined });
    expect(see(from([look, restart(), ...last]))).toEqual({ values: [{ city: 'Rome' }, { city: 'Rome' }], error: undefined });
  });

  it.each<[string, (outcome: object) => unknown]>([
    ['another realm', (outcome) => (runInNewContext('(outcome) => Promise.resolve(outcome)') as (value: object) => unknown)(outcome)],
    ['zone.js and the like', (outcome) => ({ then: (resolve: (value: object) => void) => resolve(outcome) })],
  ])('waits for a check that gives a promise of %s', async (_, promise) => {
    const schema = (outcome: object): StandardSchemaV1 => ({
      // What such a schema returns is no `Promise` of this realm, whatever its type says.
      '~standard': { version: 1, vendor: 'hand', validate: () => promise(outcome) as Promise<StandardSchemaV1.Result<unknown>> },
    });
    const checked = (outcome: object): Promise<unknown> => lastValueFrom(answer('{"a":1}').pipe(partialObject(schema(outcome))));
    expect(await checked({ value: 'checked' })).toBe('checked');
    await expect(checked({ issues: [{ message: 'bad' }] })).rejects.toBeInstanceOf(ValidationError);
  });

  it('takes a stream that somebody ended early as it is', () => {
    expect(see(answer('{"a":1', ',"b":2}').pipe(take(1)))).toEqual({ values: [{}], error: undefined });
    // Whole, although no finish came: then it is checked.
    expect(see(answer('{"a":1}').pipe(take(1)), z.object({ a: z.string() })).error).toBeInstanceOf(ValidationError);
    expect(see(of(chunks.a).pipe(take(0)))).toEqual({ values: [], error: undefined });
  });

  it('waits for a schema that checks asynchronously', async () => {
    const schema = z.object({ a: z.number() }).refine((value) => Promise.resolve(value.a > 0), { message: 'must be positive' });
    await expect(lastValueFrom(answer('{"a":1}').pipe(partialObject(schema), toArray()))).resolves.toEqual([{ a: 1 }, { a: 1 }]);
    await expect(lastValueFrom(answer('{"a":-1}').pipe(partialObject(schema)))).rejects.toMatchObject({
      name: 'ValidationError',
      partial: { a: -1 },
    });
  });

  it('lets an error wait for the check of what came before it, and for what is held', async () => {
    const schema = z.array(z.number()).refine(() => Promise.resolve(true));
    const items = Array.from({ length: 100 }, (_, index) => index);
    const source = [toolCall('call_1', { input: [1] }), toolInput('call_2', `[${items.join(',')},`), toolInput('call_2', '100,')];
    const seen: unknown[] = [];
    const result = concat(from(source), throwError(() => boom)).pipe(partialObject(schema, { toolName: 'add' }), tap((value) => seen.push(value)));
    await expect(lastValueFrom(result)).rejects.toBe(boom);
    expect(seen).toEqual([[1], items, [...items, 100]]);
  });

  it('gives what is held before an error without a look at the schema', () => {
    const items = Array.from({ length: 100 }, (_, index) => index);
    const cut = concat(of(text(`[${items.join(',')},`), text('100,')), throwError(() => boom));
    expect(see(cut, z.string())).toEqual({ values: [items, [...items, 100]], error: boom });
  });

  it('gives nothing of a piece that turns out to be no JSON', () => {
    const { values, error } = see(answer('["a" x'));
    expect([values, isValidationError(error) && error.partial]).toEqual([[], ['a']]);
  });

  it.each<[string, Observable<StreamChunk>, string]>([
    ['is no JSON', answer('[1,]'), 'The answer is no JSON: something other than a value near character 4 of the text. What came is in `partial`; ask again.'],
    ['was cut by its limit', from([text('['), finish({ finishReason: 'length' })]), 'The answer ended (length) before its JSON did. Raise maxTokens, or ask for less. What came is in `partial`.'],
    ['ended early', answer('['), 'The answer ended (stop) before its JSON did. Ask again. What came is in `partial`.'],
  ])('says what to do about an answer that %s', (_title, source, message) => {
    expect(see(source).error).toHaveProperty('message', message);
  });

  it.each<[string, unknown]>([
    ['an object', {}],
    ['nothing', undefined],
  ])('refuses what is no schema: %s', (_title, schema) => {
    // As a caller without types may give it.
    expect(() => partialObject(schema as StandardSchemaV1)).toThrow(
      'partialObject: give a Standard Schema: a z.object({ … }) of zod 4, or another with ~standard.validate.',
    );
  });

  it('keeps tuples, dates and branded texts in its types', () => {
    const Trip = z.object({ span: z.tuple([z.string(), z.number()]), stops: z.array(z.date()), id: z.string().brand<'id'>() });
    const source = answer('{"span":["a",1],"stops":[],"id":"x"}').pipe(partialObject(Trip));
    const seen: unknown[] = [];
    source.subscribe((trip) => {
      const place: string | undefined = trip.span?.[0];
      const length: number | undefined = trip.span?.[1];
      const stop: Date | undefined = trip.stops?.[0];
      const id: string | undefined = trip.id;
      seen.push([place, length, stop, id]);
    });
    expect(seen.at(-1)).toEqual(['a', 1, undefined, 'x']);
  });

  it('infers its types from the schema', () => {
    const titles: (string | undefined)[] = [];
    const steps: (string | undefined)[] = [];
    answer(json)
      .pipe(
        partialObject(Recipe),
        map((recipe) => {
          titles.push(recipe.title);
          return recipe.steps?.[0]?.text;
        }),
      )
      .subscribe((first: string | undefined) => steps.push(first));
    const typed: Observable<DeepPartial<z.infer<typeof Recipe>>> = answer(json).pipe(partialObject(Recipe));
    // @ts-expect-error -- a part may be missing
    typed.subscribe((recipe) => recipe.title.length);
    // @ts-expect-error -- no such field
    const unknownField: keyof DeepPartial<z.infer<typeof Recipe>> = 'name';
    expect(unknownField).toBe('name');
    expect(titles).toEqual(['Pancakes', 'Pancakes']);
    expect(steps).toEqual(['Mix.', 'Mix.']);
  });
});

describe('partialObject({ toolName })', () => {
  const options = { toolName: 'add' };

  it('reads the input of a call as it comes, and checks it when it is complete', () => {
    const source = from([
      text('{"not":"this"}'),
      toolInput('call_1', '{"a":'),
      toolInput('other', '{"b":1}', { toolName: 'search' }),
      toolInput('call_1', '1}'),
      toolCall('other', { toolName: 'search', input: { b: 1 } }),
      toolCall('call_1', { input: { a: 1 } }),
      toolResult('call_1'),
      finish({ finishReason: 'tool-calls' }),
    ]);
    expect(see(source, z.object({ a: z.number() }), options)).toEqual({ values: [{}, { a: 1 }, { a: 1 }], error: undefined });
  });

  it('gives each call an object of its own', () => {
    const calls = ['call_1', 'call_2'].flatMap((id, index) => [toolInput(id, `{"a":"${index}`), toolInput(id, '"}'), toolCall(id, { input: { a: `${index}` } })]);
    expect(see(from([...calls, finish()]), z.unknown(), options).values).toEqual([{ a: '0' }, { a: '0' }, { a: '1' }, { a: '1' }]);
  });

  it('follows the newest of calls whose pieces alternate; the others come whole', () => {
    const source = from([
      toolInput('call_1', '{"a":"1'),
      toolInput('call_2', '{"b":"2'),
      toolInput('call_1', '3"}'),
      toolCall('call_1', { input: { a: '13' } }),
      toolInput('call_2', '4"}'),
      toolCall('call_2', { input: { b: '24' } }),
      finish({ finishReason: 'tool-calls' }),
    ]);
    expect(see(source, z.unknown(), options).values).toEqual([{ a: '1' }, { b: '2' }, { a: '13' }, { b: '24' }, { b: '24' }]);
  });

  it('gives each step calls of its own, whatever their ids', () => {
    const call = [toolInput('call_1', '{"a":'), toolInput('call_1', '1}'), toolCall('call_1', { input: { a: 1 } })];
    const source = from([...call, step(0, { finishReason: 'tool-calls' }), ...call, finish({ finishReason: 'tool-calls' })]);
    expect(see(source, z.unknown(), options).values).toEqual([{}, { a: 1 }, { a: 1 }, {}, { a: 1 }, { a: 1 }]);
  });

  it('gives what is held of a call that somebody ended early', () => {
    const items = Array.from({ length: 100 }, (_, index) => index);
    const cut = of(toolInput('call_1', `{"a":[${items.join(',')},`), toolInput('call_1', '100,'));
    expect(see(cut, z.unknown(), options)).toEqual({ values: [{ a: items }, { a: [...items, 100] }], error: undefined });
  });

  it('has no value when the tool is not called', () => {
    expect(see(answer('No need.'), z.unknown(), options)).toEqual({ values: [], error: undefined });
  });

  it.each<[string, readonly StreamChunk[], unknown]>([
    ['ended (length) before its JSON did. Raise maxTokens', [toolInput('call_1', '{"a":"x'), finish({ finishReason: 'length' })], { a: 'x' }],
    ['ended (other) before its JSON did. Ask again', [toolInput('call_1', '{"a":"x'), step(0, { finishReason: 'other' })], { a: 'x' }],
    ['is no JSON: something other than a value', [toolInput('call_1', '{"a":"x","b":,')], { a: 'x' }],
    ['is no JSON object', [toolInput('call_1', '["x"'), toolCall('call_1', { input: undefined, invalidInput: '["x"' })], ['x']],
    ['is no JSON object', [toolCall('call_1', { input: undefined, invalidInput: '["x"' })], undefined],
  ])('errors on arguments of which it says: %s', (what, source, partial) => {
    const { error } = see(from(source), z.object({ a: z.string() }), options);
    expect(error).toMatchObject({ name: 'ValidationError', message: expect.stringContaining(`The input of "add" ${what}`), partial });
  });

  it('errors on arguments that do not fit the schema', () => {
    const { error } = see(of(toolCall('call_1', { input: { a: 1 } })), z.object({ a: z.string() }), options);
    expect(error).toMatchObject({ name: 'ValidationError', partial: { a: 1 } });
  });

  it('begins anew on a restart, also with the same id', () => {
    const source = from([toolInput('call_1', '{"a":"x'), restart(), toolInput('call_1', '{"b":'), toolCall('call_1', { input: { b: 1 } }), finish()]);
    expect(see(source, z.unknown(), options).values).toEqual([{ a: 'x' }, {}, { b: 1 }]);
  });
});

/** How many entries the lists and objects of a value have. */
function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, entry) => sum + 1 + sizeOf(entry), 0);
}

/** What the text says after each of its characters, by `JSON.parse` of the text with its open ends closed. */
const onTheWay = new Set<string>([JSON.stringify(whole)]);
for (let end = 1; end <= json.length; end++) {
  for (const closed of closings(json.slice(0, end))) onTheWay.add(closed);
}

/** The ways to close a beginning of `json`; those that are no JSON are left out. */
function closings(beginning: string): readonly string[] {
  const bare = beginning.replace(/,?"[a-z]*"?:?\d*$|,$/, '');
  return [beginning, `${beginning}"`, bare].flatMap((head) =>
    ['', '}', ']}', '}]}'].flatMap((tail) => {
      try {
        return [JSON.stringify(JSON.parse(head + tail))];
      } catch {
        return [];
      }
    }),
  );
}
