import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Connections } from './connections.ts';
import type { ListenOptions, RequestLimits } from './options.ts';
import type { RefusalCode } from './refusal.ts';
import { refuseRaw } from './reply.ts';
import { isWebSocketHandshake } from './upgrade.ts';

/** What a listener does with what arrives; it decides nothing itself. */
export interface ServerDeps {
  readonly limits: RequestLimits;
  readonly connections: Connections;
  readonly nextRequestId: () => string;
  /** `X-Hybridmode` where there is no request to decide on. */
  readonly hybridmode: () => string;
  readonly serve: (request: IncomingMessage, response: ServerResponse, listener: ListenOptions) => Promise<void>;
  readonly upgrade: (request: IncomingMessage, socket: Socket, head: Buffer, listener: ListenOptions) => Promise<void>;
  readonly onRefused: (code: RefusalCode, requestId: string) => void;
}

export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | null;
}

export interface Listener {
  readonly address: AddressInfo;
  readonly server: Server;
  /** Closes every connection, also those that have not come to TLS or to a request yet. */
  readonly destroyConnections: () => void;
}

/** The port is taken, or the address is not this machine's. */
export class ListenFailed extends Error {
  readonly code = 'LISTEN_FAILED';
  constructor({ host, port }: ListenOptions, cause: NodeJS.ErrnoException) {
    const what =
      cause.code === 'EADDRINUSE'
        ? 'is taken by another program. Stop that program, or give gateway.listen another port'
        : cause.code === 'EADDRNOTAVAIL'
          ? 'is not an address of this machine. Use 0.0.0.0, or one of its own addresses, in gateway.listen'
          : cause.code === 'EACCES'
            ? 'needs rights that this user does not have. Use a port above 1023 in gateway.listen'
            : `cannot be listened on (${cause.message})`;
    super(`${host}:${port} ${what}.`, { cause });
  }
}

// The header section has its own deadline; the body has others, so there is none for the whole request.
const NO_REQUEST_DEADLINE = 0;
const IDLE_CONNECTION_MS = 65_000;

/** Opens one listener for partners. @throws ListenFailed */
export async function listen(options: ListenOptions, tls: TlsFiles | null, deps: ServerDeps): Promise<Listener> {
  const server = createServer(tls, deps.limits);
  // 0 means all of them: Node would cut the list in silence, `examine` refuses it.
  server.maxHeadersCount = 0;
  server.headersTimeout = deps.limits.headersWithinMs;
  server.requestTimeout = NO_REQUEST_DEADLINE;
  server.keepAliveTimeout = IDLE_CONNECTION_MS;
  const raw = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    raw.add(socket);
    socket.on('close', () => raw.delete(socket));
  });
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (mayHideMore(request)) response.shouldKeepAlive = false;
    void deps.connections.inTurn(request, response, () => deps.serve(request, response, options));
  };
  server.on(tls === null ? 'connection' : 'secureConnection', (socket: Socket) => deps.connections.of(socket));
  server.on('request', onRequest);
  server.on('checkContinue', onRequest);
  server.on('checkExpectation', onRequest);
  server.on('upgrade', (request, socket, head) => {
    if (!isTcp(socket)) return;
    // node:http has let go of the socket, also while it waits for its turn.
    socket.on('error', () => socket.destroy());
    const connection = deps.connections.of(socket);
    const { isClosing, tail } = connection;
    connection.isTunnel = true;
    // Behind a request that closes the connection nothing is executed, and a tunnel begins after the answers before it.
    if (isClosing) socket.destroy();
    else void tail.then(() => (socket.destroyed ? undefined : deps.upgrade(request, socket, head, options)));
  });
  server.on('connect', (_request, socket: Duplex) => refuseStray(socket, 'method-not-allowed', deps));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => onClientError(error, socket, deps));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new ListenFailed(options, error)));
    server.listen({ host: options.host, port: options.port }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP listener has a port');
  return { address, server, destroyConnections: () => raw.forEach((socket) => socket.destroy()) };
}

function createServer(tls: TlsFiles | null, limits: RequestLimits): Server {
  const options = {
    maxHeaderSize: limits.headerBytes,
    // How often the deadlines of connections are looked at.
    connectionsCheckingInterval: 1000,
    requireHostHeader: false,
    keepAlive: true,
    noDelay: true,
    highWaterMark: 256 * 1024,
    // RFC 9110 7.8: an Upgrade that nobody offers is ignored; Java's and curl's h2c requests are plain requests here.
    shouldUpgradeCallback: isWebSocketHandshake,
  };
  if (tls === null) return createHttpServer(options);
  const { cert, key, ca } = tls;
  const asksForCertificate = ca !== null && { ca, requestCert: true, rejectUnauthorized: false };
  return createHttpsServer({
    ...options,
    cert,
    key,
    ...asksForCertificate,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.headersWithinMs,
  });
}

/**
 * Node drops what came in the same packet behind a request whose `Upgrade` was ignored: a second request there would
 * never be answered. Where that cannot be ruled out, the connection ends with the answer.
 */
function mayHideMore(request: IncomingMessage): boolean {
  const { headers, rawHeaders, socket, method = '', url = '' } = request;
  if (headers.upgrade === undefined) return false;
  if (headers['transfer-encoding'] !== undefined || socket instanceof TLSSocket) return true;
  const fields = rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
  const head = method.length + url.length + ' '.length + ' HTTP/1.1\r\n'.length + fields + '\r\n'.length;
  // Right for the first request of a connection, the only one that libraries try to upgrade.
  return socket.bytesRead > head + Number(headers['content-length'] ?? 0);
}

/** The common name of a client certificate that was verified; null where there is none. */
export function certificateName(socket: Socket): string | null {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
  const name = socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? name : null;
}

const CLIENT_ERRORS: Readonly<Record<string, RefusalCode>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body-too-large',
  HPE_INVALID_TRANSFER_ENCODING: 'unknown-coding',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

function refusalOfClientError(error: NodeJS.ErrnoException & { readonly reason?: unknown }): RefusalCode {
  const code = CLIENT_ERRORS[error.code ?? ''] ?? 'malformed-request';
  // The parser has one code for a coding it does not know and for a length beside a coding.
  return code === 'unknown-coding' && String(error.reason).includes('Content-Length') ? 'bad-framing' : code;
}

// What does not parse as HTTP ends here: answered, after the requests before it, and the connection closed.
function onClientError(error: NodeJS.ErrnoException, socket: Duplex, deps: ServerDeps): void {
  const code = refusalOfClientError(error);
  if (!isTcp(socket) || error.code === 'ECONNRESET' || error.code === 'EPIPE') {
    socket.destroy();
    return;
  }
  const connection = deps.connections.of(socket);
  const { current } = connection;
  // RFC 9112 9.6: what follows a request that closes the connection is not read, so it has no answer. That request, which
  // may still wait for its turn, has one, and ends the connection.
  if (error.code === 'HPE_CLOSED_CONNECTION' && current !== null) return;
  connection.isClosing = true;
  if (current === null) {
    refuseStray(socket, code, deps);
  } else if (current.request.complete) {
    // The bytes behind a good request are bad: it was acted on, and must not lose its answer. Its connection stays open
    // for the refusal that follows.
    current.response.shouldKeepAlive = true;
    void connection.tail.then(() => refuseStray(socket, code, deps));
  } else if (current.response.headersSent) {
    socket.destroy();
  } else {
    refuseStray(socket, code, deps);
  }
}

function refuseStray(socket: Duplex, code: RefusalCode, deps: ServerDeps): void {
  const requestId = deps.nextRequestId();
  deps.onRefused(code, requestId);
  if (isTcp(socket)) refuseRaw(socket, code, deps.hybridmode(), requestId);
  else socket.destroy();
}

function isTcp(socket: Duplex): socket is Socket {
  return 'remoteAddress' in socket;
}
