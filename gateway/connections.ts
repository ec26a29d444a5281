import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** One partner connection: its requests are served one at a time, in their order. */
export interface Connection {
  /** The request that is being answered now; null between two. */
  current: { readonly request: IncomingMessage; readonly response: ServerResponse } | null;
  /** Nothing that arrives after this is executed: its answer could not be delivered. */
  isClosing: boolean;
  /** It carries a WebSocket: never idle in the sense of a request that might come. */
  isTunnel: boolean;
  /** Resolves when everything that was taken so far has been answered. */
  tail: Promise<void>;
}

/** The partner connections of all listeners. The listener that accepted a socket owns it; this only knows of it. */
export interface Connections {
  of(socket: Socket): Connection;
  /** Runs `serve` when the requests before it on this connection have been answered; not at all once it is closing. */
  inTurn(request: IncomingMessage, response: ServerResponse, serve: () => Promise<void>): Promise<void>;
  readonly sockets: ReadonlySet<Socket>;
  /** No further request on any connection: those in flight are answered with `Connection: close`. */
  closeAll(): void;
}

/**
 * @param limit beyond it the connection that has been idle longest makes room, so that silent connections cannot lock
 *   partners out; where none is idle the new one is closed
 */
export function connections(limit: number): Connections {
  const known = new WeakMap<Socket, Connection>();
  const sockets = new Set<Socket>();
  let isStopping = false;

  function of(socket: Socket): Connection {
    let connection = known.get(socket);
    if (connection === undefined) {
      connection = { current: null, isClosing: false, isTunnel: false, tail: Promise.resolve() };
      const entered = connection;
      known.set(socket, connection);
      if (sockets.size >= limit && !makeRoom()) {
        connection.isClosing = true;
        socket.destroy();
        return connection;
      }
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        // What still waits for its turn would be executed for nobody.
        entered.isClosing = true;
      });
    }
    return connection;
  }

  // A Set keeps insertion order, and `turn` puts a served connection back at its end: the first idle one waited longest.
  function makeRoom(): boolean {
    for (const socket of sockets) {
      const connection = known.get(socket);
      if (connection?.current !== null || connection.isTunnel) continue;
      sockets.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  async function turn(
    connection: Connection,
    serve: () => Promise<void>,
    exchange: Connection['current'],
  ): Promise<void> {
    if (connection.isClosing) return;
    connection.current = exchange;
    await serve();
    connection.current = null;
    const socket = exchange?.request.socket;
    if (socket && sockets.delete(socket)) sockets.add(socket);
    if (isStopping) socket?.end();
    if (exchange !== null && !exchange.response.shouldKeepAlive) connection.isClosing = true;
  }

  return {
    of,
    inTurn(request, response, serve) {
      const connection = of(request.socket);
      const exchange = { request, response };
      // Nearly always nothing is before it, and nothing has to be waited for.
      const done =
        connection.current === null
          ? turn(connection, serve, exchange)
          : connection.tail.then(() => turn(connection, serve, exchange));
      connection.tail = done;
      return done;
    },
    sockets,
    closeAll() {
      isStopping = true;
      for (const socket of sockets) {
        const connection = of(socket);
        if (connection.current === null) socket.destroy();
        else if (!connection.current.response.headersSent) connection.current.response.shouldKeepAlive = false;
        connection.isClosing = true;
      }
    },
  };
}
