import type { Socket } from 'node:net';
import type { EnvironmentName } from '../mode/mode.ts';

export interface Tunnel {
  readonly partner: Socket;
  readonly environment: Socket;
  readonly name: EnvironmentName;
}

/** The open tunnels, byte for byte both ways; the one owner of their sockets. */
export interface Tunnels {
  open(tunnel: Tunnel): void;
  /** Ends those to `name`, or all. */
  end(name?: EnvironmentName): void;
  readonly count: number;
}

/** What was on its way when one side ended may still arrive for this long. */
const FLUSH_MS = 1000;
/** A side that takes nothing for so long is gone, whatever TCP believes. */
const STALLED_MS = 60_000;
const KEEP_ALIVE_MS = 30_000;

export function tunnels(): Tunnels {
  const all = new Map<Tunnel, () => void>();
  return {
    open(tunnel) {
      const { partner, environment } = tunnel;
      const destroy = (): void => {
        all.delete(tunnel);
        partner.destroy();
        environment.destroy();
      };
      all.set(tunnel, destroy);
      carry(partner, environment, destroy);
      carry(environment, partner, destroy);
    },
    end(name) {
      for (const [tunnel, destroy] of all) if (name === undefined || tunnel.name === name) destroy();
    },
    get count() {
      return all.size;
    },
  };
}

// One direction: with backpressure, and with an end for every way in which it can end.
function carry(from: Socket, to: Socket, destroy: () => void): void {
  let stalled: NodeJS.Timeout | undefined;
  // A peer that vanished without a word is only found by asking.
  from.setKeepAlive(true, KEEP_ALIVE_MS).setNoDelay(true).setTimeout(0);
  from.on('data', (chunk: Buffer) => {
    if (to.write(chunk)) return;
    from.pause();
    stalled ??= setTimeout(destroy, STALLED_MS);
  });
  to.on('drain', () => {
    clearTimeout(stalled);
    stalled = undefined;
    from.resume();
  });
  from.on('end', () => {
    to.end();
    setTimeout(destroy, FLUSH_MS).unref();
  });
  from.on('error', destroy);
  from.on('close', () => {
    clearTimeout(stalled);
    // What the other side has not taken yet gets its moment; a socket that is gone needs none.
    if (to.writableLength > 0 && !to.destroyed) setTimeout(destroy, FLUSH_MS).unref();
    else destroy();
  });
  from.resume();
}
