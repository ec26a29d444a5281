import { z } from 'zod';
import { receive } from '../arrivals.ts';
import { DumpError } from '../clinic/archive.ts';
import { dumpClinic, restoreClinic } from '../clinic/dump.ts';
import type { Numbers } from '../clinic/counters.ts';
import { bodyOf, continueIfAsked, Struck, type Exchange } from '../exchange.ts';
import type { WireAnswer } from '../wire.ts';
import { DumpShelf, UploadError, type Dump } from './shelf.ts';

// ORCA publishes no API for this. What follows is OUR ASSUMPTION of what a cloud would offer, spoken over the same
// port and with the same operator as the other calls:
//
//   GET  /api/hybrid/numbers                     the three management numbers
//   POST /api/hybrid/numbers   {numbers}         raises them, never lowers; answers what holds now
//   GET  /api/hybrid/dumps                       newest first
//   POST /api/hybrid/dumps                       takes one now
//   GET  /api/hybrid/dumps/ID                    the file; Range is honoured
//   POST /api/hybrid/uploads   {name,bytes,sha256}   begins one
//   GET  /api/hybrid/uploads/ID                  how far it is
//   PUT  /api/hybrid/uploads/ID?offset=N         the next part; 409 says where to go on; the last one makes it a dump
//   POST /api/hybrid/restores  {dump}            begins one
//   GET  /api/hybrid/restores/ID                 running (with percent), done or failed
//   GET|PUT /api/hybrid/mode   {hybridmode}      what X-Hybridmode says from now on

const numbersSchema = z.strictObject({
  outpatientSlip: z.int().min(0).optional(),
  inpatientSlip: z.int().min(0).optional(),
  patientSerial: z.int().min(0).optional(),
});
const uploadSchema = z.strictObject({
  name: z.string().min(1),
  bytes: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
const restoreSchema = z.strictObject({ dump: z.string() });
const modeSchema = z.strictObject({ hybridmode: z.string().regex(/^(normal|emergency|recovery)(-fa)?$/) });

interface Restore {
  readonly restore: string;
  readonly dump: string;
  state: 'running' | 'done' | 'failed';
  percent: number;
  rows: number;
  message: string;
}

class BadRequest extends Error {
  readonly code = 'BAD_REQUEST';
}

/** The hybrid calls of one simulated environment. */
export function hybridService(): (exchange: Exchange, path: string) => Promise<WireAnswer | 'answered'> {
  const shelf = new DumpShelf();
  const restores = new Map<string, Restore>();
  return async (exchange, path) => {
    try {
      return await answer(exchange, path, shelf, restores);
    } catch (error) {
      if (error instanceof BadRequest) return told(exchange, 400, { code: error.code, message: error.message });
      if (error instanceof UploadError) {
        return told(exchange, error.status, { code: error.code, message: error.message, received: error.received });
      }
      throw error;
    }
  };
}

async function answer(
  exchange: Exchange,
  path: string,
  shelf: DumpShelf,
  restores: Map<string, Restore>,
): Promise<WireAnswer> {
  const { ground, request } = exchange;
  const [, family = '', id = ''] = path.split('/');
  switch (`${request.method} ${family}${id === '' ? '' : '/ID'}`) {
    case 'GET numbers':
      return told(exchange, 200, ground.clinic.counters.all());
    case 'POST numbers':
      return told(exchange, 200, raise(exchange, await json(exchange, numbersSchema)));
    case 'GET dumps':
      return told(exchange, 200, { dumps: shelf.list().map(described) });
    case 'POST dumps': {
      await bodyOf(exchange);
      const at = ground.now();
      return told(exchange, 201, described(shelf.add(`${stamp(at)}.dump`, dumpClinic(ground.clinic, at), at)));
    }
    case 'GET dumps/ID':
      return download(exchange, shelf.get(id));
    case 'POST uploads':
      return told(exchange, 201, shelf.begin(await json(exchange, uploadSchema)));
    case 'GET uploads/ID':
      return told(exchange, 200, shelf.progress(id));
    case 'PUT uploads/ID':
      return part(exchange, shelf, id);
    case 'POST restores':
      return told(exchange, 202, begin(exchange, shelf, restores, (await json(exchange, restoreSchema)).dump));
    case 'GET restores/ID': {
      const restore = restores.get(id);
      return restore ? told(exchange, 200, restore) : unknown(exchange, 'restore');
    }
    case 'GET mode':
      return told(exchange, 200, { hybridmode: ground.conditions.hybridmode });
    case 'PUT mode':
      ground.conditions.hybridmode = (await json(exchange, modeSchema)).hybridmode;
      return told(exchange, 200, { hybridmode: ground.conditions.hybridmode });
    default:
      return unknown(exchange, 'call');
  }
}

function told({ ground }: Exchange, status: number, value: object): WireAnswer {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  return { status, contentType: 'application/json; charset=UTF-8', body, hybridmode: ground.conditions.hybridmode };
}

function unknown(exchange: Exchange, what: string): WireAnswer {
  return told(exchange, 404, { code: 'NOT_FOUND', message: `no such ${what}` });
}

async function json<T>(exchange: Exchange, schema: z.ZodType<T>): Promise<T> {
  const text = (await bodyOf(exchange)).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadRequest('expected JSON', { cause: error });
  }
  const found = schema.safeParse(value);
  if (!found.success) throw new BadRequest(z.prettifyError(found.error));
  return found.data;
}

function raise({ ground }: Exchange, wished: z.infer<typeof numbersSchema>): Numbers {
  const { counters } = ground.clinic;
  return ground.clinic.transact(() => {
    if (wished.outpatientSlip !== undefined) counters.raise('outpatientSlip', wished.outpatientSlip);
    if (wished.inpatientSlip !== undefined) counters.raise('inpatientSlip', wished.inpatientSlip);
    if (wished.patientSerial !== undefined) counters.raise('patientSerial', wished.patientSerial);
    return counters.all();
  });
}

function described({ id, name, bytes, sha256, madeAt }: Dump): object {
  return { id, name, bytes: bytes.length, sha256, madeAt: madeAt.toISOString() };
}

function stamp(at: Date): string {
  return at.toISOString().replace(/[-:T]|\..*/g, '');
}

function download(exchange: Exchange, dump: Dump | undefined): WireAnswer {
  if (dump === undefined) return unknown(exchange, 'dump');
  const { hybridmode } = exchange.ground.conditions;
  const usual = { contentType: 'application/octet-stream', hybridmode, isMeasured: true } as const;
  const extra = [
    ['Accept-Ranges', 'bytes'],
    ['ETag', `"${dump.sha256}"`],
  ] as const;
  const range = /^bytes=(\d+)-(\d*)$/.exec(exchange.request.headers.range ?? '');
  if (range === null) return { ...usual, status: 200, body: dump.bytes, extra };
  const from = Number(range[1]);
  const to = Math.min(range[2] ? Number(range[2]) : Infinity, dump.bytes.length - 1);
  if (from > to) {
    const whole = ['Content-Range', `bytes */${dump.bytes.length}`] as const;
    return { ...usual, status: 416, body: Buffer.alloc(0), extra: [...extra, whole] };
  }
  const place = ['Content-Range', `bytes ${from}-${to}/${dump.bytes.length}`] as const;
  return { ...usual, status: 206, body: dump.bytes.subarray(from, to + 1), extra: [...extra, place] };
}

async function part(exchange: Exchange, shelf: DumpShelf, id: string): Promise<WireAnswer> {
  const offset = Number(exchange.query.get('offset') ?? '0');
  shelf.expect(id, offset);
  continueIfAsked(exchange);
  // What came of a part that broke off is kept: that is what going on is about.
  const isWhole = await receive(exchange.request, exchange.arrival, (piece) => shelf.append(id, piece));
  if (!isWhole) throw new Struck();
  const done = shelf.finish(id, exchange.ground.now());
  return told(exchange, 200, done ? { ...shelf.progress(id), dump: described(done) } : shelf.progress(id));
}

function begin(exchange: Exchange, shelf: DumpShelf, restores: Map<string, Restore>, id: string): Restore {
  const dump = shelf.get(id);
  if (dump === undefined) throw new BadRequest('there is no such dump');
  if ([...restores.values()].some((each) => each.state === 'running')) throw new BadRequest('a restore is running');
  const restore: Restore = {
    restore: String(restores.size + 1),
    dump: id,
    state: 'running',
    percent: 0,
    rows: 0,
    message: '',
  };
  restores.set(restore.restore, restore);
  const { clinic, conditions } = exchange.ground;
  const steps = [10, 30, 60, 90];
  const go = (): void => {
    const percent = steps.shift();
    if (percent !== undefined) {
      restore.percent = percent;
      setTimeout(go, conditions.restoreMs / 4).unref();
      return;
    }
    try {
      restore.rows = restoreClinic(clinic, dump.bytes, { isRewriting: conditions.isRewriting });
      Object.assign(restore, { state: 'done', percent: 100 });
    } catch (error) {
      if (!(error instanceof DumpError)) throw error;
      Object.assign(restore, { state: 'failed', message: error.message });
    }
  };
  setImmediate(go);
  return restore;
}
