import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import type { Framing } from './request.ts';

/** A request's body, as far as it has to be known before the request is decided on. */
export type Body =
  | { readonly kind: 'none' }
  /** All of it: it can be sent again. */
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** Larger than the limit: its beginning, and a stream of everything (the beginning included). */
  | { readonly kind: 'stream'; readonly head: Buffer; readonly stream: PassThrough; readonly length: number | null };

export type BodyFault = 'partner-broke-off' | 'body-too-large' | 'request-timeout';

/** Told as a value: a body that breaks off is an everyday thing, not a failure of the program. */
export type ReceivedBody = Body | { readonly kind: 'fault'; readonly fault: BodyFault };

const NONE: Body = { kind: 'none' };

/** A body may take its time, but not for ever: after a grace it must have come at this pace, on average. */
const GRACE_MS = 15_000;
const BYTES_PER_SECOND = 512;
const LOOK_EVERY_MS = 5000;

/**
 * Receives up to `bufferedBytes` of the body; what is larger goes on as a stream, with backpressure.
 * @param bodyBytes the most that is taken at all; 0: no limit
 */
export function receiveBody(
  request: IncomingMessage,
  framing: Framing,
  limits: { readonly bufferedBytes: number; readonly bodyBytes: number },
): Promise<ReceivedBody> | ReceivedBody {
  if (framing.kind === 'none') return NONE;
  if (request.destroyed) return { kind: 'fault', fault: 'partner-broke-off' };
  const { promise, resolve } = Promise.withResolvers<ReceivedBody>();
  const chunks: Buffer[] = [];
  let size = 0;

  const startedAt = performance.now();
  const look = setInterval(() => {
    if (!isTooSlow(performance.now() - startedAt, size)) return;
    request.pause();
    settle({ kind: 'fault', fault: 'request-timeout' });
  }, LOOK_EVERY_MS);
  const settle = (body: ReceivedBody): void => {
    clearInterval(look);
    request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
    resolve(body);
  };
  const onData = (chunk: Buffer): void => {
    chunks.push(chunk);
    size += chunk.length;
    if (limits.bodyBytes > 0 && size > limits.bodyBytes) {
      request.pause();
      settle({ kind: 'fault', fault: 'body-too-large' });
    } else if (size > limits.bufferedBytes) {
      request.pause();
      settle(streamOn(request, Buffer.concat(chunks), framing, limits.bodyBytes, startedAt));
    }
  };
  const onEnd = (): void => settle({ kind: 'whole', bytes: Buffer.concat(chunks, size) });
  const onClose = (): void => settle({ kind: 'fault', fault: 'partner-broke-off' });
  request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  return promise;
}

/**
 * A stream of its own between the partner and the environment: what the engine destroys is this, never the partner's
 * connection, which still has to carry the answer.
 */
function streamOn(
  request: IncomingMessage,
  head: Buffer,
  framing: Framing,
  bodyBytes: number,
  startedAt: number,
): Body {
  const stream = new PassThrough({ highWaterMark: 256 * 1024 });
  stream.write(head);
  let size = head.length;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (bodyBytes > 0 && size > bodyBytes) stream.destroy(new BodyTooLarge());
    else if (!stream.destroyed && !stream.write(chunk)) request.pause();
  });
  stream.on('drain', () => request.resume());
  // A beginning that fits asks for no drain: without this the rest of the body would never be read.
  if (!stream.writableNeedDrain) request.resume();
  // While the request waits in line nobody else listens, and an error that nobody hears would end the process.
  stream.on('error', () => undefined);
  // The engine has no more use for the rest (an early answer): it is read and dropped, so that the answer can arrive.
  stream.on('close', () => {
    clearInterval(look);
    request.resume();
  });
  // Only the partner is timed here: while the environment takes nothing, its own deadline runs.
  let heldMs = 0;
  let heldSince: number | null = null;
  const look = setInterval(() => {
    const now = performance.now();
    if (stream.writableNeedDrain) {
      heldSince ??= now;
      return;
    }
    if (heldSince !== null) heldMs += now - heldSince;
    heldSince = null;
    if (isTooSlow(now - startedAt - heldMs, size)) stream.destroy(new BodyTooSlow());
  }, LOOK_EVERY_MS);
  request.on('end', () => stream.end());
  request.on('close', () => {
    if (!request.complete) stream.destroy(new PartnerBrokeOff());
  });
  return { kind: 'stream', head, stream, length: framing.kind === 'length' ? framing.bytes : null };
}

export class PartnerBrokeOff extends Error {
  readonly code = 'PARTNER_BROKE_OFF';
}

function isTooSlow(elapsedMs: number, bytes: number): boolean {
  return elapsedMs > GRACE_MS && bytes < ((elapsedMs - GRACE_MS) / 1000) * BYTES_PER_SECOND;
}

export class BodyTooSlow extends Error {
  readonly code = 'BODY_TOO_SLOW';
}

export class BodyTooLarge extends Error {
  readonly code = 'BODY_TOO_LARGE';
}
