import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** A server on a free loopback port that counts its connections. */
export interface LocalServer {
  readonly url: string;
  readonly port: number;
  /** Connections ever opened. */
  readonly connections: () => number;
  /** Bodies and heads as they came; the first hundred, or those of an exhaustive run would fill the memory. */
  readonly requests: readonly { readonly head: http.IncomingMessage; readonly body: string }[];
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

const mostRequests = 100;
const running = new Set<LocalServer>();

/** Starts a server; `closeServers` stops it. `tls` makes it an https one. */
export async function serve(handler: Handler, tls?: https.ServerOptions): Promise<LocalServer> {
  const requests: { head: http.IncomingMessage; body: string }[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const onRequest: Handler = (head, response) => {
    let body = '';
    head.setEncoding('utf8');
    head.on('data', (piece: string) => (body += piece));
    head.on('end', () => {
      if (requests.length < mostRequests) requests.push({ head, body });
      handler(head, response);
    });
  };
  const server = tls === undefined ? http.createServer(onRequest) : https.createServer(tls, onRequest);
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listening on TCP
  const local: LocalServer = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    connections: () => connections,
    requests,
    sockets,
    close: async () => {
      running.delete(local);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  running.add(local);
  return local;
}

/** Settles when the client has closed `socket`, or lost it. */
export function closed(socket: Socket | undefined): Promise<void> {
  // Not `events.once`: that one rejects when the client resets the connection.
  return new Promise((resolve) => (socket === undefined || socket.closed ? resolve() : socket.once('close', () => resolve())));
}

/** For `afterEach`. */
export async function closeServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.close()));
}

/** A port that nobody listens on: one that was given and closed again. */
export async function closedPort(): Promise<number> {
  const server = await serve(() => undefined);
  await server.close();
  return server.port;
}
