import { describe, expect, it } from '@jest/globals';
import { errorFacts, httpError, retryAfterMs, sdkError } from '../../src/providers/http-error.js';
import { streamError } from '../../src/providers/stream-error.js';

const context = { provider: 'openai', model: 'gpt-5', keyName: 'OPENAI_API_KEY', secrets: { keys: ['abcd-secret'], prompts: ['my private question'] } };
const headers = (entries: Record<string, string>) => new Headers(entries);

describe('sdkError', () => {
  it.each<[string, unknown]>([
    ['as it is', new SyntaxError(`Unexpected token 'm', "my private"... is not valid JSON`)],
    ['inside an error of the connection', Object.assign(new Error('Connection error.'), { cause: new SyntaxError('Unexpected token m, "my private"') })],
  ])('says of a parser’s error %s that the answer is not JSON, and does not repeat it', (_, cause) => {
    const error = sdkError(cause, context);
    expect(error).toMatchObject({ name: 'ProviderError', retryable: false, cause });
    expect(error.message).toBe("openai, model gpt-5: the server's answer is not JSON. Check the baseURL option.");
  });
});

describe('httpError', () => {
  it.each([
    [400, 'InvalidRequestError', false],
    [401, 'AuthenticationError', false],
    [402, 'ProviderError', false],
    [403, 'AuthenticationError', false],
    [404, 'InvalidRequestError', false],
    [408, 'ProviderError', true],
    [409, 'ProviderError', true],
    [413, 'InvalidRequestError', false],
    [418, 'ProviderError', false],
    [422, 'InvalidRequestError', false],
    [429, 'RateLimitError', true],
    [500, 'ProviderError', true],
    [503, 'OverloadedError', true],
    [529, 'OverloadedError', true],
    [307, 'ProviderError', false],
    [undefined, 'ConnectionError', true],
  ])('makes %s a %s', (status, name, retryable) => {
    const cause = new Error('x');
    const error = httpError({ status, message: 'said so', cause }, context);
    expect([error.name, error.status, error.retryable, error.cause]).toEqual([name, status, retryable, cause]);
    expect(error.message).toContain('openai, model gpt-5');
  });

  it('knows a conversation that is too long, by code or by words', () => {
    const options = { status: 400, cause: undefined };
    expect(httpError({ ...options, code: 'context_length_exceeded' }, context).name).toBe('ContextLengthError');
    expect(httpError({ ...options, message: 'prompt is too long: 213462 tokens > 200000 maximum' }, context).name).toBe('ContextLengthError');
  });

  it.each([402, 405, 410, 415, 418, 451])('never says to try %i again, which would not help', (status) => {
    const cause = undefined;
    for (const { message, retryable } of [httpError({ status, message: 'No.', cause }, context), streamError({ message: 'No.', code: status }, context)]) {
      expect(retryable).toBe(false);
      expect(message).toMatch(status === 402 ? /\(HTTP 402\): No\. Check the balance or billing/ : /: No\. Change the request/);
    }
  });

  it('does not ask to retry when the quota is used up', () => {
    expect(httpError({ status: 429, code: 'insufficient_quota', cause: undefined }, context).retryable).toBe(false);
  });

  it('blanks out a prompt as it stands in JSON, a short one, and a password in an address', () => {
    const shown = httpError(
      { status: 400, message: 'no: "a\\n\\"secretitis\\"", PIN 4711, http://user:pa55word@host/v1', cause: undefined },
      { ...context, secrets: { prompts: ['a\n"secretitis"', 'PIN 4711'] } },
    ).message;
    for (const secret of ['secretitis', '4711', 'pa55word']) expect(shown).not.toContain(secret);
  });

  it.each([
    ['Slow down.', 'Slow down. '],
    ['Slow down ...\n', 'Slow down. '],
    ['Are you sure?', 'Are you sure? '],
    ['x'.repeat(600), 'x… '],
  ])('ends what the server said once: %j', (message, expected) => {
    for (const error of [httpError({ status: 500, message, cause: undefined }, context), streamError({ message }, context)]) {
      expect(error.message).toContain(`${expected}Try again later.`);
    }
  });

  it('adds nothing for a server that said a full stop', () => {
    expect(httpError({ status: 500, message: '.', cause: undefined }, context).message).toBe('openai, model gpt-5: the request failed (HTTP 500). Try again later.');
  });

  it('repeats neither the key nor the prompt that a server echoes', () => {
    const message = 'Bad key abcd-secret, Bearer xyz123456, sk-abcdefghijkl for "my private question"';
    const shown = httpError({ status: 400, message, cause: undefined }, context).message;
    for (const secret of ['abcd-secret', 'xyz123456', 'sk-abcdefghijkl', 'my private question']) expect(shown).not.toContain(secret);
  });
});

describe('streamError', () => {
  it.each([
    [{ code: '429' }, 'RateLimitError', 429],
    [{ code: 429 }, 'RateLimitError', 429],
    [{ status_code: '503' }, 'OverloadedError', 503],
    [{ status: '401' }, 'AuthenticationError', 401],
    [{ code: '1302' }, 'ProviderError', undefined],
    [{ code: '4.5e2' }, 'ProviderError', undefined],
    [{ code: '' }, 'ProviderError', undefined],
    [{ code: 'rate_limit_exceeded' }, 'RateLimitError', undefined],
  ])('reads the status in %j', (error, name, status) => {
    const seen = streamError({ message: 'No.', ...error }, context);
    expect([seen.name, seen.status]).toEqual([name, status]);
  });
});

describe('errorFacts', () => {
  it.each([
    [{ error: { message: 'm', code: 'c', type: 't' } }, { message: 'm', code: 'c' }],
    [{ type: 'error', error: { type: 'overloaded_error', message: 'm' } }, { message: 'm', code: 'overloaded_error' }],
    [{ error: 'm' }, { message: 'm' }],
    [{ detail: 'm' }, { message: 'm' }],
    [{ message: 'm', code: 42 }, { message: 'm', code: '42' }],
    ['m', { message: 'm' }],
    [null, {}],
  ])('reads %j', (body, facts) => {
    expect(errorFacts(body)).toEqual(facts);
  });
});

describe('retryAfterMs', () => {
  it.each([
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.2' }, 200],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:05 GMT' }, 4_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{}, undefined],
  ])('reads %j', (entries, expected) => {
    expect(retryAfterMs(headers(entries), 1_000)).toBe(expected);
  });
});

describe('sdkError', () => {
  it('reads the fields both SDKs share', () => {
    const thrown = Object.assign(new Error('429 slow down'), { status: 429, error: { message: 'slow down', type: 'rate_limit' }, headers: headers({ 'retry-after': '3' }) });
    const error = sdkError(thrown, context);
    expect(error).toMatchObject({ name: 'RateLimitError', status: 429, code: 'rate_limit', retryAfterMs: 3_000 });
    expect(error.cause).toBe(thrown);
  });

  it('says what is at the root of a connection that failed', () => {
    const root = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    const thrown = new Error('Connection error.', { cause: new TypeError('fetch failed', { cause: root }) });
    const error = sdkError(thrown, context);
    expect(error.name).toBe('ConnectionError');
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('passes an error of ours by identity', () => {
    const ours = httpError({ status: 500, cause: undefined }, context);
    expect(sdkError(ours, context)).toBe(ours);
  });
});
