import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ExchangeFailed, isWorthAgain } from '../client/fault.ts';
import type { WireAnswer } from '../client/wire.ts';
import type { Environment } from '../environment.ts';
import type { Dump, DumpFile, HybridOptions, HybridSpeaker, UploadOptions } from '../hybrid.ts';
import { checkNumbers } from '../hybrid.ts';
import { DumpDiffers, HybridUnanswered, RestoreFailed } from './errors.ts';
import { checkedDump, sizeOf, writeFrom } from './file.ts';
import { doneText, jsonWire, parsedAs, refusalOf, told, wholeText } from './json-wire.ts';

// ORCA publishes nothing of this. What stands here, and only here, is our assumption of what its cloud would offer
// (docs/decisions/010-assumed-hybrid-api.md); with the operator of all other calls, in JSON.
//
//   GET  /api/hybrid/numbers                                         the three management numbers
//   POST /api/hybrid/numbers    {outpatientSlip?, …}                 raises them, never lowers: {before, after}
//   GET  /api/hybrid/dumps                                           {dumps: […]}, newest first
//   POST /api/hybrid/dumps      {}                                   takes one now
//   GET  /api/hybrid/dumps/ID                                        the file; Range, If-Range, ETag "<sha256>"
//   POST /api/hybrid/uploads    {name, bytes, sha256}                begins one
//   GET  /api/hybrid/uploads/ID                                      {upload, bytes, received}
//   PUT  /api/hybrid/uploads/ID?offset=N                             the next part; the last one makes it a dump;
//                                                                    409 and 422 say where the next one begins
//   POST /api/hybrid/restores   {dump}                               begins one
//   GET  /api/hybrid/restores/ID                                     {state, percent, message}
//   PUT  /api/hybrid/mode       {hybridmode}                         what X-Hybridmode says from now on

const BASE = '/api/hybrid';
const numbers = z.object({
  outpatientSlip: z.int().min(0),
  inpatientSlip: z.int().min(0),
  patientSerial: z.int().min(0),
});
const raised = z.object({ before: numbers, after: numbers });
const dump = z.object({
  id: z.string().min(1),
  name: z.string(),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  madeAt: z.iso.datetime().transform((text) => new Date(text)),
});
const dumps = z.object({ dumps: z.array(dump) });
const upload = z.object({ upload: z.string().min(1), received: z.int().min(0), dump: dump.optional() });
const elsewhere = z.object({ code: z.string(), message: z.string().default(''), received: z.int().min(0) });
const restore = z.object({
  restore: z.string().min(1),
  dump: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  percent: z.number().min(0).max(100),
  message: z.string().default(''),
});
const announced = z.object({ hybridmode: z.string() });

const DAMAGED_PART = 'DIGEST';

type Upload = z.infer<typeof upload>;

export interface AssumedOptions {
  /** How often what changes nothing, and the part of a transfer, is sent again without any progress. */
  readonly retries?: number;
  readonly firstPauseMs?: number;
  readonly partBytes?: number;
  /** How often a restore is asked how far it is. */
  readonly pollMs?: number;
}

export function assumedSpeaker(environment: Environment, options: AssumedOptions = {}): HybridSpeaker {
  const { retries = 4, firstPauseMs = 300, partBytes = 4 * 1024 * 1024, pollMs = 500 } = options;
  const wire = jsonWire(environment, BASE, { retries, firstPauseMs });

  async function attempt(wanted: Dump, to: string, { signal, onProgress }: HybridOptions): Promise<void> {
    const from = await sizeOf(to);
    if (wanted.bytes !== null && from === wanted.bytes) return;
    const isResumed = from > 0 && (wanted.bytes === null || from < wanted.bytes);
    const condition = wanted.sha256 === null ? undefined : { 'If-Range': `"${wanted.sha256}"` };
    const headers = isResumed ? { Range: `bytes=${from}-`, ...condition } : {};
    const answer = await wire.send({ method: 'GET', path: `/dumps/${encodeURIComponent(wanted.id)}`, headers, signal });
    if (answer.status !== 206 && answer.status !== 200) throw await refusalOf(answer);
    const place = answer.status === 206 ? placeOf(answer, from) : 0;
    const report = (done: number) => onProgress?.({ done, total: wanted.bytes, step: 'download' });
    await writeFrom(to, place, answer.pieces, report);
  }

  // Given up only where no byte more arrives: a long transfer may break off more often than a short question.
  async function download(wanted: Dump, to: string, options: HybridOptions): Promise<void> {
    for (;;) {
      const before = await sizeOf(to);
      try {
        await wire.again(() => attempt(wanted, to, options), options.signal);
        return;
      } catch (error) {
        if (!isBrokenOff(error) || (await sizeOf(to)) <= before) throw error;
      }
    }
  }

  // A part can be sent again: the environment says what it has, and takes only what comes next.
  async function part(id: string, bytes: Buffer, offset: number, options: HybridOptions): Promise<Upload> {
    const digest = createHash('sha256').update(bytes).digest('base64');
    const headers = { 'Content-Type': 'application/octet-stream', 'Content-Digest': `sha-256=:${digest}:` };
    const path = `/uploads/${encodeURIComponent(id)}`;
    try {
      const request = { method: 'PUT', path: `${path}?offset=${offset}`, headers, body: bytes } as const;
      const answer = await wire.send({ ...request, signal: options.signal });
      if (answer.status !== 409 && answer.status !== 422) return parsedAs(upload, await doneText(answer), path, true);
      const { code, message, received } = parsedAs(elsewhere, await wholeText(answer), path, true);
      // Another part comes next, or this one was damaged on the way; but not: all of them are not what was announced.
      if (answer.status === 409 || code === DAMAGED_PART) return { upload: id, received };
      throw new DumpDiffers(message);
    } catch (error) {
      if (!isBrokenOff(error)) throw error;
      return wire.ask(upload, 'GET', path, options);
    }
  }

  async function uploaded(file: DumpFile, name: string, options: UploadOptions): Promise<Dump> {
    const { bytes, sha256 } = file;
    const report = ({ upload, received }: Upload) =>
      options.onProgress?.({ done: received, total: bytes, step: 'upload', upload });
    let so: Upload =
      options.resume === undefined
        ? await wire.ask(upload, 'POST', '/uploads', options, { name, bytes, sha256 })
        : await wire.ask(upload, 'GET', `/uploads/${encodeURIComponent(options.resume)}`, options);
    const handle = await open(file.path);
    try {
      for (let [stuck, furthest] = [0, 0]; so.dump === undefined && so.received < bytes;) {
        if (stuck > retries)
          throw new HybridUnanswered('stuck', true, new Error('no part of the dump is taken any more'));
        report(so);
        const { upload: id, received: offset } = so;
        const piece = Buffer.alloc(Math.min(partBytes, bytes - offset));
        const { bytesRead } = await handle.read(piece, 0, piece.length, offset);
        if (bytesRead < piece.length) throw new DumpDiffers(`expected ${bytes} bytes in ${file.path}, got fewer`);
        so = await told(() => part(id, piece, offset, options), true, options.signal);
        stuck = so.received > furthest ? 0 : stuck + 1;
        furthest = Math.max(furthest, so.received);
      }
    } finally {
      await handle.close();
    }
    report(so);
    return so.dump ?? held(sha256, options);
  }

  /** All is there, but the answer that named the dump was lost. */
  async function held(sha256: string, options: HybridOptions): Promise<Dump> {
    const all = await wire.ask(dumps, 'GET', '/dumps', options);
    const ours = all.dumps.find((each) => each.sha256 === sha256);
    if (ours === undefined) throw new DumpDiffers('the environment did not take the parts together for this dump');
    return ours;
  }

  return {
    kind: 'assumed',
    async readNumbers(options = {}) {
      return done(await wire.ask(numbers, 'GET', '/numbers', options));
    },
    async raiseNumbers(atLeast, options = {}) {
      checkNumbers(atLeast);
      return done(await wire.ask(raised, 'POST', '/numbers', options, atLeast));
    },
    async listDumps(options = {}) {
      return done((await wire.ask(dumps, 'GET', '/dumps', options)).dumps);
    },
    async takeDump(options = {}) {
      return done(await wire.ask(dump, 'POST', '/dumps', options, {}));
    },
    async downloadDump(wanted, to, options = {}) {
      await told(() => download(wanted, to, options), false, options.signal);
      return done(await checkedDump(to, wanted, options.signal));
    },
    async uploadDump(file, name, options = {}) {
      return done(await uploaded(file, name, options));
    },
    async restore({ id }, options = {}) {
      let so = await wire.ask(restore, 'POST', '/restores', options, { dump: id });
      const path = `/restores/${encodeURIComponent(so.restore)}`;
      for (;;) {
        options.onProgress?.({ done: so.percent, total: 100, step: 'restore' });
        if (so.state === 'failed') throw new RestoreFailed(so.message);
        if (so.state === 'done') return done({ dump: so.dump });
        await pause(pollMs, undefined, { ...(options.signal && { signal: options.signal }) });
        so = await wire.ask(restore, 'GET', path, options);
      }
    },
    async announceMode(hybridmode, options = {}) {
      return done(await wire.ask(announced, 'PUT', '/mode', options, { hybridmode }));
    },
    async close() {
      wire.close();
    },
  };
}

function done<T>(value: T): { readonly kind: 'done'; readonly value: T } {
  return { kind: 'done', value };
}

function isBrokenOff(error: unknown): boolean {
  return isWorthAgain(error) || (error instanceof ExchangeFailed && error.fault.endsWith('timeout'));
}

// RFC 9110 14.4: a server may send another range than was asked for.
function placeOf(answer: WireAnswer, asked: number): number {
  const from = Number(/^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '')?.[1] ?? Number.NaN);
  if (from === asked) return from;
  answer.discard();
  throw new ExchangeFailed('answer', false, { status: answer.status, message: `expected a range from ${asked}` });
}
