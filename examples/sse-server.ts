// A chat server: POST a prompt, read the answer as server-sent events.
//
//   npm run build && npx node examples/sse-server.ts
//   curl -N -d 'Tell me a story.' http://localhost:3000/chat
//
// Needs OPENAI_API_KEY, or OPENAI_BASE_URL and MODEL for a server of your own.
import { Agent } from 'agenticraft';
import { openai } from 'agenticraft/openai';
import { pipeToNodeResponse } from 'agenticraft/server';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** A server that answers with `agent`; `log` gets one line for each request. */
export function createChatServer(agent: Agent, log: (line: string) => void): Server {
  return createServer((request, response) => {
    respond(agent, request, response).then(log, (error: unknown) => {
      // The client left in the middle of its request.
      log(String(error));
      response.destroy();
    });
  });
}

async function respond(agent: Agent, request: IncomingMessage, response: ServerResponse): Promise<string> {
  if (request.method !== 'POST' || request.url !== '/chat') {
    response.writeHead(404).end('POST a prompt to /chat.\n');
    return 'not found';
  }
  const prompt = await text(request);
  // An empty conversation for each request: users must not read each other's. A client that leaves cancels the run.
  const outcome = await pipeToNodeResponse(agent.stream$(prompt, { messages: [] }), response);
  return outcome.ending === 'failed' ? `failed: ${String(outcome.error)}` : outcome.ending;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const agent = new Agent({ provider: openai(process.env['MODEL'] ?? 'gpt-5-mini') });
  createChatServer(agent, console.log).listen(3000, () => console.log('http://localhost:3000/chat'));
}
