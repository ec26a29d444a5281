import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expiredCertificate } from './certificate.ts';
import type { TlsOptions } from './options.ts';

/** The TCP sockets of all connections; under TLS they are what a reset has to go to. */
export class BareSockets {
  readonly #sockets = new Set<Socket>();

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  under(socket: Socket): Socket {
    for (const each of this.#sockets) if (each.remotePort === socket.remotePort) return each;
    return socket;
  }

  destroyAll(): void {
    for (const each of this.#sockets) each.destroy();
  }
}

const NAMES = ['localhost', '127.0.0.1'];

/** What a TLS server is made with. */
export function tlsContext(tls: TlsOptions): Record<string, unknown> {
  const { key, cert, ca, requestClientCertificate } = tls;
  return {
    key,
    cert,
    ...(ca === undefined ? {} : { ca }),
    requestCert: requestClientCertificate !== undefined,
    rejectUnauthorized: requestClientCertificate === 'required',
  };
}

/** From the next handshake on. */
export function showCertificate(server: Server, tls: TlsOptions | undefined, which: 'usual' | 'expired'): void {
  if (!tls || !('setSecureContext' in server) || typeof server.setSecureContext !== 'function') return;
  const shown = which === 'expired' ? { ...tls, ...(tls.expired ?? expiredCertificate('localhost', NAMES)) } : tls;
  server.setSecureContext(tlsContext(shown));
}

/** Gives the port, once it listens. Rejects where the port is taken. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return addressOf(server)?.port ?? port;
}

function addressOf(server: Server): AddressInfo | null {
  const address = server.address();
  return typeof address === 'object' ? address : null;
}

/** Resolves once nothing is accepted and nobody is connected. */
export async function closing(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
