import { createHash } from 'node:crypto';
import { receive } from '../arrivals.ts';
import { bodyOf, continueIfAsked, Struck, type Exchange } from '../exchange.ts';
import type { WireAnswer } from '../wire.ts';
import type { Dump, DumpShelf } from './shelf.ts';
import { told, unknown } from './told.ts';

export function described({ id, name, bytes, sha256, madeAt }: Dump): object {
  return { id, name, bytes: bytes.length, sha256, madeAt: madeAt.toISOString() };
}

/** The file, or a range of it. */
export function download(exchange: Exchange, dump: Dump | undefined): WireAnswer {
  if (dump === undefined) return unknown(exchange, 'dump');
  const { hybridmode } = exchange.ground.conditions;
  const usual = { contentType: 'application/octet-stream', hybridmode, isMeasured: true } as const;
  const tag = `"${dump.sha256}"`;
  const extra = [
    ['Accept-Ranges', 'bytes'],
    ['ETag', tag],
  ] as const;
  const { range: asked = '', 'if-range': condition = tag } = exchange.request.headers;
  const range = /^bytes=(\d+)-(\d*)$/.exec(asked);
  // RFC 9110 13.1.5: a part of another file is no use to whoever holds the beginning of this one.
  if (range === null || condition !== tag) return { ...usual, status: 200, body: dump.bytes, extra };
  const from = Number(range[1]);
  const to = Math.min(range[2] ? Number(range[2]) : Infinity, dump.bytes.length - 1);
  if (from > to) {
    const whole = ['Content-Range', `bytes */${dump.bytes.length}`] as const;
    return { ...usual, status: 416, body: Buffer.alloc(0), extra: [...extra, whole] };
  }
  const place = ['Content-Range', `bytes ${from}-${to}/${dump.bytes.length}`] as const;
  return { ...usual, status: 206, body: dump.bytes.subarray(from, to + 1), extra: [...extra, place] };
}

/** Takes the next part of an upload in; the last one makes it a dump. */
export async function part(exchange: Exchange, shelf: DumpShelf, id: string): Promise<WireAnswer> {
  const offset = Number(exchange.query.get('offset') ?? '0');
  shelf.expect(id, offset);
  const digest = sha256In(exchange.request.headers['content-digest']);
  if (digest === undefined) {
    continueIfAsked(exchange);
    // What came of a part that broke off is kept: that is what going on is about.
    const isWhole = await receive(exchange.request, exchange.arrival, (piece) => shelf.append(id, piece));
    if (!isWhole) throw new Struck();
  } else {
    const bytes = await bodyOf(exchange);
    if (createHash('sha256').update(bytes).digest('base64') !== digest) {
      const { received } = shelf.progress(id);
      return told(exchange, 422, { code: 'DIGEST', message: 'the part is not what its Content-Digest says', received });
    }
    // Somebody else may have sent the same part meanwhile.
    shelf.expect(id, offset);
    shelf.append(id, bytes);
  }
  const done = shelf.finish(id, exchange.ground.now());
  return told(exchange, 200, done ? { ...shelf.progress(id), dump: described(done) } : shelf.progress(id));
}

// RFC 9530: `sha-256=:<base64>:`, perhaps among others.
function sha256In(header: string | string[] | undefined): string | undefined {
  return /(?:^|,)\s*sha-256=:([^:]*):/.exec(header?.toString() ?? '')?.[1];
}
