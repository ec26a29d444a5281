import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { receive } from './arrivals.ts';
import { continueIfAsked, type Exchange } from './exchange.ts';
import { apiAnswer, methodNotAllowed, writeHead, type WireAnswer } from './wire.ts';

const PIECE = Buffer.alloc(64 * 1024, 'orca');

function* pieces(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= PIECE.length) yield PIECE.subarray(0, Math.min(left, PIECE.length));
}

/**
 * /api/simulator/bytes, for measuring what stands in between: GET streams `size` bytes, POST takes a body of any size and
 * answers how many bytes came and their SHA-256. WebORCA has no such call.
 */
export async function streamBytes(exchange: Exchange): Promise<WireAnswer | 'answered'> {
  const { ground, request, response, arrival, query } = exchange;
  const { hybridmode } = ground.conditions;
  if (request.method === 'POST' || request.method === 'PUT') {
    continueIfAsked(exchange);
    await receive(request, arrival, () => undefined);
    return apiAnswer('json', `${JSON.stringify({ bytes: arrival.bytes, sha256: arrival.sha256 })}\n`, hybridmode);
  }
  if (request.method !== 'GET') return methodNotAllowed('GET');
  const size = Math.max(0, Number(query.get('size') ?? 0) || 0);
  arrival.status = 200;
  writeHead(response, 200, [
    ['Content-Type', 'application/octet-stream'],
    ['X-Hybridmode', hybridmode],
    ['Date', ground.now().toUTCString()],
    ['Content-Length', String(size)],
  ]);
  try {
    await pipeline(Readable.from(pieces(size), { objectMode: false }), response);
  } catch {
    // The reader went away in the middle; that is its right.
    request.socket.destroy();
  }
  return 'answered';
}
