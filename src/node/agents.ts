import http from 'node:http';
import type https from 'node:https';
import type { NodeTransportOptions } from './options.js';

/** What opens a connection for one URL scheme. */
export interface Route {
  readonly request: typeof http.request;
  readonly agent: http.Agent;
}

/** Finds the route for `url`. */
export type Router = (url: URL) => Route | Promise<Route>;

const defaultIdleTimeoutMs = 30_000;

/**
 * Keeps one pool of connections per scheme, built when the first request needs it: `node:https` is loaded for https alone, and the proxy
 * variables are read when an agent is built.
 */
export function createRouter(options: NodeTransportOptions): Router {
  let plain: Route | undefined;
  let secure: Promise<Route> | undefined;
  return (url) => {
    if (url.protocol === 'https:') return (secure ??= secureRoute(options));
    plain ??= { request: http.request, agent: new http.Agent(agentOptions(options)) };
    return plain;
  };
}

async function secureRoute(options: NodeTransportOptions): Promise<Route> {
  const { default: https } = await import('node:https');
  const agent: https.Agent = new https.Agent({ ...agentOptions(options), ...options.tls });
  return { request: https.request, agent };
}

function agentOptions(options: NodeTransportOptions): http.AgentOptions {
  const proxyEnv = options.proxyEnv ?? process.env;
  return {
    keepAlive: true,
    // Node applies this one to idle connections only; without it a server that never closes keeps them for ever.
    timeout: options.idleTimeoutMs ?? defaultIdleTimeoutMs,
    ...(proxyEnv !== false && { proxyEnv }),
  };
}

/** Closes the connections nobody uses. */
export function dropIdle(agent: http.Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}
