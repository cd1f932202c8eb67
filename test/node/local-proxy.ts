import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';

/** An HTTP proxy on loopback that notes what it was asked for. */
export interface LocalProxy {
  readonly url: string;
  /** `METHOD target` of each request, as in its first line. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts a proxy that forwards plain requests and tunnels CONNECT; it answers `refuse` instead, if that is set. */
export async function startProxy(refuse?: number): Promise<LocalProxy> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (refuse !== undefined) return void response.writeHead(refuse).end();
    const { method, headers } = request;
    const onward = http.request(request.url ?? '', { method: method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on('connect', (request, client: net.Socket) => {
    asked.push(`${request.method} ${request.url}`);
    if (refuse !== undefined) return void client.end(`HTTP/1.1 ${refuse} Refused\r\n\r\n`);
    const target = new URL(`http://${request.url}`);
    const onward = net.connect(Number(target.port), target.hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(client).pipe(onward);
    });
    for (const socket of [client, onward]) socket.on('error', () => [client, onward].forEach((one) => one.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listening on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
