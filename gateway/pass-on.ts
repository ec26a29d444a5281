import type { IncomingMessage, ServerResponse } from 'node:http';
import { valueOf } from './headers.ts';

/** How the passing goes on, for whoever keeps the deadlines. */
export interface PassingOn {
  /** Before the first byte behind the head, or the end where there is none. */
  readonly onFirst: () => void;
  /** The environment sent something. */
  readonly onProgress: () => void;
  /** The partner takes nothing for now: it is the one to wait for. */
  readonly onStalled: () => void;
  /** The partner takes something again. */
  readonly onFlowing: () => void;
}

// Two writes to a socket cost more than one of a few more bytes.
const JOINED_BYTES = 16 * 1024;

/**
 * Brings the body of an environment's answer to the partner, with backpressure. Knows of no errors: `answer` and `reply`
 * have owners, who destroy them.
 *
 * Neither `pipeline`, which makes and throws away an AbortController per answer, nor `pipe` with its eight listeners:
 * each is a tenth of what a whole request costs.
 */
export function passOn(answer: IncomingMessage, reply: ServerResponse, told: PassingOn): void {
  // Not a number where the environment does not say: then only the end tells.
  let left = Number(valueOf(answer.rawHeaders, 'content-length') ?? Number.NaN);
  let isFirst = true;
  const first = (): void => {
    if (isFirst) told.onFirst();
    isFirst = false;
  };
  answer.on('data', (chunk: Buffer) => {
    if (reply.destroyed) return;
    first();
    left -= chunk.length;
    if (left === 0) {
      // node:http joins a head and a string into one write, a head and a Buffer it does not. Latin-1 keeps every byte.
      if (chunk.length <= JOINED_BYTES) reply.end(chunk.toString('latin1'), 'latin1');
      else reply.end(chunk);
    } else if (reply.write(chunk)) {
      told.onProgress();
    } else {
      answer.pause();
      told.onStalled();
    }
  });
  reply.on('drain', () => {
    if (left === 0) return;
    answer.resume();
    told.onFlowing();
  });
  answer.on('end', () => {
    if (reply.destroyed) return;
    first();
    reply.end();
  });
}
