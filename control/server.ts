import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { RequestListener } from 'node:http';
import { portHolder } from './holder.ts';
import type { PortHolder } from './holder.ts';
import { answerJunk } from './junk.ts';
import type { ControlOptions } from './options.ts';

/** Another process listens where the control API should. */
export class ControlPortTaken extends Error {
  readonly code = 'CONTROL_PORT_TAKEN';
  readonly holder: PortHolder | null;
  constructor(host: string, port: number, holder: PortHolder | null) {
    const who = holder === null ? 'another process' : `process ${holder.pid} (${holder.command})`;
    super(
      `control.listen: ${host}:${port} is taken by ${who}. ORCA's own hybrid client also uses 8800; ` +
        `stop that process, or set control.listen to another port.`,
    );
    this.holder = holder;
  }
}

/** The control API cannot listen where it should, for another reason than a taken port. */
export class ControlCannotListen extends Error {
  readonly code = 'CONTROL_CANNOT_LISTEN';
  constructor(host: string, port: number, cause: Error) {
    super(
      `control.listen: cannot listen on ${host}:${port}: ${cause.message}. Check the address and the permissions.`,
      {
        cause,
      },
    );
  }
}

export interface ControlAddress {
  readonly host: string;
  readonly port: number;
  readonly url: string;
}

export interface ControlServer {
  readonly address: ControlAddress;
  /** Stops accepting, lets answers finish for `deadlineMs`, then cuts them. */
  close(deadlineMs?: number): Promise<void>;
}

const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
  // Refused by us, with a body that says why.
  requireHostHeader: false,
} as const;
const MAX_CONNECTIONS = 512;
const CLOSE_MS = 3000;

/** @throws ControlPortTaken, ControlCannotListen, what reading the certificate says */
export async function listen(
  handler: RequestListener,
  options: Pick<ControlOptions, 'listen' | 'tls'>,
  limits: Partial<Record<'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval', number>> = {},
): Promise<ControlServer> {
  const { host, port } = options.listen;
  const server =
    options.tls === null
      ? http.createServer({ ...LIMITS, ...limits }, handler)
      : https.createServer(
          {
            ...LIMITS,
            ...limits,
            cert: await readFile(options.tls.certificate),
            key: await readFile(options.tls.key),
            minVersion: 'TLSv1.2',
            handshakeTimeout: 10_000,
          },
          handler,
        );
  server.maxConnections = MAX_CONNECTIONS;
  answerJunk(server);
  // Node would answer 417 by itself, without saying what to do.
  server.on('checkExpectation', handler);
  server.on('request', (_request, response) => {
    // Node closes idle connections when it stops listening, and forgets those that become idle after that.
    response.once('close', () => void (server.listening || setImmediate(() => server.closeIdleConnections())));
  });
  await bound(server, host, port);
  const found = server.address();
  const actual = typeof found === 'object' && found !== null ? found.port : port;
  const scheme = options.tls === null ? 'http' : 'https';
  const url = `${scheme}://${reachable(host)}:${actual}`;
  return { address: { host, port: actual, url }, close: (deadlineMs = CLOSE_MS) => close(server, deadlineMs) };
}

function bound(server: http.Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(new ControlCannotListen(host, port, error));
      void portHolder(port).then((holder) => reject(new ControlPortTaken(host, port, holder)));
    });
    server.listen({ host, port, exclusive: true }, resolve);
  });
}

async function close(server: http.Server, deadlineMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(cut);
}

// An address that means "all of mine" is none that one can call.
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
