import { randomUUID } from 'node:crypto';
import pRetry from 'p-retry';
import { WebSocket, type RawData } from 'ws';
import type { Environment } from '../../orca/environment.ts';
import type { PushTiming } from './limits.ts';
import { parseSaid, subscribeText, type Address, type PushEvent } from './protocol.ts';

// connect ──▶ handshake ──▶ subscribe ──▶ live ──▶ lost ──▶ connect …          until it is closed
//    └──────── not within liveWithinMs: again, with growing pauses ┘

/** Why there is no connection: each has its own remedy. */
export type LinkFault = 'unreachable' | 'refused' | 'timeout' | 'subscription-refused' | 'silent' | 'closed';

export interface LinkTarget {
  readonly environment: Environment;
  /** With what it subscribes; null: nothing. */
  readonly authorization: string | null;
  /** `X-GINBEE-TENANT-ID`. */
  readonly tenant: string;
  readonly address: Address;
}

export interface LinkListener {
  onLive(): void;
  onEvent(event: PushEvent): void;
  /** It was live. `heardMs`: when it was last heard of. */
  onLost(heardMs: number): void;
  onChange(): void;
}

/** One subscription to all events (`*`) of an environment, which comes back by itself. */
export interface Link {
  readonly state: 'connecting' | 'live' | 'waiting' | 'closed';
  readonly fault: LinkFault | null;
  /** For operators. */
  readonly detail: string | null;
  readonly sinceMs: number;
  /** When something was last heard on the present connection; null while there is none. */
  readonly heardMs: number | null;
  close(): void;
}

/** An event is at most 2 KB; the bound keeps a mad environment from filling the memory. */
const MOST_BYTES = 1024 * 1024;
const CLOSE_MS = 1000;

class LinkLost extends Error {
  readonly code = 'LINK_LOST';
  readonly fault: LinkFault;
  readonly livedMs: number;
  constructor(fault: LinkFault, detail: string, livedMs: number) {
    super(detail);
    this.fault = fault;
    this.livedMs = livedMs;
  }
}

export function openLink(target: LinkTarget, timing: PushTiming, listener: LinkListener): Link {
  const stop = new AbortController();
  const now = { state: 'connecting' as Link['state'], fault: null as LinkFault | null, detail: null as string | null };
  let sinceMs = Date.now();
  let heardMs: number | null = null;
  const heard = (): void => {
    heardMs = Date.now();
  };
  let socket: WebSocket | null = null;

  function become(state: Link['state'], lost: LinkLost | null): void {
    if (now.state === 'closed') return;
    const isNew = state !== now.state;
    now.state = state;
    now.fault = lost?.fault ?? (state === 'live' ? null : now.fault);
    now.detail = lost?.message ?? (state === 'live' ? null : now.detail);
    if (isNew) sinceMs = Date.now();
    if (isNew) listener.onChange();
  }

  /** Resolves with why it ended. */
  function live(): Promise<LinkLost> {
    const { promise, resolve } = Promise.withResolvers<LinkLost>();
    become('connecting', null);
    const ws = open(target);
    socket = ws;
    let liveSince: number | null = null;
    let fault: LinkFault = 'unreachable';
    let detail = '';
    const end = (because: LinkFault, why: string): void => {
      fault = because;
      detail = why;
      ws.terminate();
    };
    const late = setTimeout(
      () => end('timeout', `no subscription within ${timing.liveWithinMs} ms`),
      timing.liveWithinMs,
    );
    let beat: NodeJS.Timeout | undefined;
    const onBeat = (): void => {
      if (heardMs !== null && Date.now() - heardMs >= 2 * timing.upstreamPingMs) {
        return end('silent', `nothing was heard for ${2 * timing.upstreamPingMs} ms`);
      }
      ws.ping();
    };
    ws.on('open', () => {
      heard();
      ws.send(subscribeText(randomUUID(), '*', target.address));
    });
    ws.on('unexpected-response', (_request, response) => {
      response.destroy();
      end('refused', `the handshake was answered with ${response.statusCode ?? 0}`);
    });
    ws.on('ping', heard).on('pong', heard);
    ws.on('message', (message, isBinary) => {
      heard();
      if (stop.signal.aborted || isBinary) return;
      const said = parseSaid(textOf(message));
      if (said.kind === 'event' && liveSince !== null) listener.onEvent(said.event);
      else if (said.kind === 'error') end('subscription-refused', `${said.code} ${said.reason}`.slice(0, 200));
      else if (said.kind === 'subscribed' && liveSince === null) {
        clearTimeout(late);
        liveSince = Date.now();
        beat = setInterval(onBeat, timing.upstreamPingMs);
        become('live', null);
        listener.onLive();
      }
    });
    ws.on('error', (error) => {
      detail ||= error.message;
    });
    ws.on('close', (code) => {
      clearTimeout(late);
      clearInterval(beat);
      if (liveSince !== null && fault === 'unreachable') fault = 'closed';
      detail ||= `closed with ${code}`;
      const lastHeardMs = heardMs ?? Date.now();
      heardMs = null;
      socket = null;
      const lost = new LinkLost(fault, detail, liveSince === null ? 0 : Date.now() - liveSince);
      if (!stop.signal.aborted) {
        become('waiting', lost);
        if (liveSince !== null) listener.onLost(lastHeardMs);
      }
      resolve(lost);
    });
    return promise;
  }

  // Credentials that no header can carry are a refusal, too: they must not end the process.
  async function attempt(): Promise<LinkLost> {
    try {
      return await live();
    } catch (error) {
      const lost = new LinkLost('refused', error instanceof Error ? error.message : String(error), 0);
      become('waiting', lost);
      return lost;
    }
  }

  async function keep(): Promise<void> {
    const { retryMinMs, retryMaxMs, settledMs } = timing;
    while (!stop.signal.aborted) {
      await pRetry(
        async () => {
          const lost = await attempt();
          // One that was taken and dropped at once would be asked again and again without a pause.
          if (lost.livedMs < settledMs) throw lost;
        },
        {
          retries: Number.POSITIVE_INFINITY,
          minTimeout: retryMinMs,
          maxTimeout: retryMaxMs,
          randomize: true,
          signal: stop.signal,
        },
      );
    }
  }
  keep().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });

  return {
    get state() {
      return now.state;
    },
    get fault() {
      return now.fault;
    },
    get detail() {
      return now.detail;
    },
    get sinceMs() {
      return sinceMs;
    },
    get heardMs() {
      return heardMs;
    },
    close() {
      if (stop.signal.aborted) return;
      become('closed', null);
      stop.abort();
      const last = socket;
      if (last?.readyState === WebSocket.OPEN) {
        last.close(1000);
        setTimeout(() => last.terminate(), CLOSE_MS).unref();
      } else last?.terminate();
    },
  };
}

function addressOf({ origin }: Environment): string {
  return `${origin.replace(/^http/, 'ws')}/ws`;
}

function headersOf({ authorization, tenant }: LinkTarget): Record<string, string> {
  return { 'X-GINBEE-TENANT-ID': tenant, ...(authorization !== null && { Authorization: authorization }) };
}

function textOf(message: RawData): string {
  if (Array.isArray(message)) return Buffer.concat(message).toString('utf8');
  return Buffer.isBuffer(message) ? message.toString('utf8') : Buffer.from(message).toString('utf8');
}

function open(target: LinkTarget): WebSocket {
  return new WebSocket(addressOf(target.environment), {
    ...target.environment.tls,
    headers: headersOf(target),
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: MOST_BYTES,
  });
}
