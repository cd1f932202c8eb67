import type { AgentOptions } from 'node:https';

/** What can be set on the connections of a `nodeTransport()`. */
export interface NodeTransportOptions {
  /** How long a connection that nobody uses is kept. Default 30,000. */
  readonly idleTimeoutMs?: number;
  /**
   * Where `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are looked up, in either case; `false` to use no proxy. Default `process.env`.
   * Needs Node 24.5 or later, or 22.21 or later in its line.
   */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>> | false;
  /** Certificates, for servers and proxies that need more than Node trusts by itself (see also `NODE_EXTRA_CA_CERTS`). */
  readonly tls?: Pick<AgentOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'rejectUnauthorized'>;
}
