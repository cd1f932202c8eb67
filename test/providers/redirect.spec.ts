import { afterEach, describe, expect, it } from '@jest/globals';
import { nodeTransport } from '../../src/node/index.js';
import { closeServers, serve } from '../node/local-server.js';
import { answerOf } from '../support/answer.js';
import { dialects } from '../contract/wire-dialects.js';

const request = { messages: [{ role: 'user' as const, content: 'A question for one host alone' }] };
const transports = [
  { transport: 'the default fetch', options: {} },
  { transport: 'nodeTransport', options: { fetch: nodeTransport() } },
];
const cases = dialects.flatMap((dialect) => transports.map((transport) => ({ dialect, ...transport })));

afterEach(closeServers);

// fetch follows redirects by default (Fetch, "HTTP-redirect fetch"), at 307 and 308 with the body.
describe.each(cases)('$dialect.name over $transport', ({ dialect, options }) => {
  it.each([301, 302, 307, 308])('does not follow a redirect with status %i', async (status) => {
    const other = await serve((_, response) => response.end());
    const server = await serve((_, response) => {
      response.writeHead(status, { location: `${other.url}/elsewhere`, 'content-type': 'text/html' }).end('<p>Moved</p>');
    });
    const provider = dialect.provider(server.url, options);
    const refused = { name: 'ProviderError', status, retryable: false, provider: dialect.name, message: expect.stringMatching(/redirect.*baseURL/) };
    const { chunks, terminal } = await answerOf(provider.stream$(request));
    expect(chunks).toEqual([]);
    expect(terminal).toMatchObject({ type: 'error', error: refused });
    await expect(provider.complete(request)).rejects.toMatchObject(refused);
    expect(server.requests).toHaveLength(2);
    expect(other.connections()).toBe(0);
  });
});
