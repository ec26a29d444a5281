import type { Readable } from 'node:stream';

const MOST_QUEUED = 16;

/**
 * What a stream brings, piece by piece, from now on. A stream that is iterated itself throws away what it has when it breaks
 * off; a download that is to go on from there must not.
 */
export function piecesOf(stream: Readable): AsyncGenerator<Buffer> {
  const queue: Buffer[] = [];
  const state: { end: 'whole' | Error | null; waiting: (() => void) | null } = { end: null, waiting: null };
  const wake = (): void => state.waiting?.();
  const ending = (end: 'whole' | Error): void => {
    state.end ??= end;
    wake();
  };
  stream.on('data', (piece: Buffer) => {
    queue.push(piece);
    if (queue.length >= MOST_QUEUED) stream.pause();
    wake();
  });
  stream.on('end', () => ending('whole'));
  stream.on('error', ending);
  stream.on('close', () => ending(new Error('closed before its end')));

  return (async function* pieces() {
    try {
      for (;;) {
        const piece = queue.shift();
        if (piece !== undefined) {
          yield piece;
        } else if (state.end === null) {
          const { promise, resolve } = Promise.withResolvers<void>();
          state.waiting = resolve;
          stream.resume();
          await promise;
        } else if (state.end === 'whole') {
          return;
        } else {
          throw state.end;
        }
      }
    } finally {
      stream.destroy();
    }
  })();
}
