import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Logger } from 'pino';
import type { GatewayOptions, ListenOptions, TlsListenOptions } from './options.ts';
import { listen, type Listener, type ServerDeps, type TlsFiles } from './server.ts';

export interface WatchedListener extends Listener {
  /** Its certificate is not looked at any more. */
  readonly stopWatching: () => void;
}

/** How often certificate files are looked at: a renewed one is used without a restart. */
const LOOK_EVERY_MS = 5000;

/** Opens every listener of `gateway`, all or none. @throws ListenFailed, or what reading the certificate threw */
export async function listenAll(
  options: GatewayOptions,
  server: ServerDeps,
  pushServer: ServerDeps | null,
  log: Logger,
): Promise<WatchedListener[]> {
  const listeners: WatchedListener[] = [];
  const open = async (at: ListenOptions, tls: TlsListenOptions | null, deps = server): Promise<void> => {
    const listener = await listen(at, tls === null ? null : read(tls), deps);
    listeners.push({
      ...listener,
      stopWatching: tls === null ? () => undefined : followCertificate(listener, tls, log),
    });
  };
  try {
    for (const at of options.listen) await open(at, null);
    for (const at of options.tls?.listen ?? []) await open(at, options.tls);
    if (pushServer !== null) for (const at of options.push?.listen ?? []) await open(at, null, pushServer);
  } catch (error) {
    // Half a gateway would look like a whole one.
    for (const listener of listeners) {
      listener.stopWatching();
      listener.server.close();
    }
    throw error;
  }
  return listeners;
}

function followCertificate({ server }: Listener, tls: TlsListenOptions, log: Logger): () => void {
  const files = [tls.certificate, tls.key, ...(tls.clientCa === null ? [] : [tls.clientCa])];
  const reload = (): void => {
    try {
      const { cert, key, ca } = read(tls);
      if ('setSecureContext' in server && typeof server.setSecureContext === 'function') {
        server.setSecureContext({ cert, key, ...(ca !== null && { ca }) });
      }
      log.info({ certificate: tls.certificate }, 'certificate reloaded');
    } catch (error) {
      // Key and certificate are replaced one after the other: the old pair serves on until both fit.
      log.warn({ err: error, certificate: tls.certificate }, 'the new certificate cannot be used; the old one is kept');
    }
  };
  for (const file of files) watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, reload);
  return () => {
    for (const file of files) unwatchFile(file, reload);
  };
}

function read({ certificate, key, clientCa }: TlsListenOptions): TlsFiles {
  return {
    cert: readFileSync(certificate),
    key: readFileSync(key),
    ca: clientCa === null ? null : readFileSync(clientCa),
  };
}
