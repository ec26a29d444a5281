import { z } from 'zod';
import { DumpError } from '../clinic/archive.ts';
import { bodyOf, type Exchange } from '../exchange.ts';
import type { WireAnswer } from '../wire.ts';
import { Restores } from './restores.ts';
import { DumpShelf, UploadError } from './shelf.ts';
import { BadRequest, jsonOf, told, unknown } from './told.ts';
import { described, download, part } from './transfer.ts';

// ORCA publishes no API for this. What follows is OUR ASSUMPTION of what a cloud would offer, spoken over the same
// port and with the same operator as the other calls:
//
//   GET  /api/hybrid/numbers                     the three management numbers
//   POST /api/hybrid/numbers   {numbers}         raises them, never lowers; answers {before, after}
//   GET  /api/hybrid/dumps                       newest first
//   POST /api/hybrid/dumps                       takes one now
//   GET  /api/hybrid/dumps/ID                    the file; Range and If-Range are honoured
//   POST /api/hybrid/uploads   {name,bytes,sha256}   begins one
//   GET  /api/hybrid/uploads/ID                  how far it is
//   PUT  /api/hybrid/uploads/ID?offset=N         the next part; 409 says where to go on; the last one makes it a dump;
//                                                a Content-Digest that does not fit is 422, and nothing is kept
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

/** The hybrid calls of one simulated environment. */
export function hybridService(): (exchange: Exchange, path: string) => Promise<WireAnswer | 'answered'> {
  const shelf = new DumpShelf();
  const restores = new Restores();
  return async (exchange, path) => {
    try {
      return await answer(exchange, path, shelf, restores);
    } catch (error) {
      if (error instanceof BadRequest) return told(exchange, 400, { code: error.code, message: error.message });
      if (error instanceof UploadError) {
        return told(exchange, error.status, { code: error.code, message: error.message, received: error.received });
      }
      if (error instanceof DumpError) return told(exchange, 500, { code: error.code, message: error.message });
      throw error;
    }
  };
}

async function answer(exchange: Exchange, path: string, shelf: DumpShelf, restores: Restores): Promise<WireAnswer> {
  const { ground, request } = exchange;
  const { clinic, keeper } = ground;
  const [, family = '', id = ''] = path.split('/');
  switch (`${request.method} ${family}${id === '' ? '' : '/ID'}`) {
    case 'GET numbers':
      return told(exchange, 200, await keeper.carryOut(() => clinic.counters.all(), 'draws'));
    case 'POST numbers': {
      const atLeast = await jsonOf(exchange, numbersSchema);
      const raise = (): object => clinic.transact(() => clinic.counters.raise(atLeast));
      return told(exchange, 200, await keeper.carryOut(raise, 'draws'));
    }
    case 'GET dumps':
      return told(exchange, 200, { dumps: shelf.list().map(described) });
    case 'POST dumps': {
      await bodyOf(exchange);
      const at = ground.now();
      return told(exchange, 201, described(shelf.add(`${stamp(at)}.dump`, await keeper.dump(at), at)));
    }
    case 'GET dumps/ID':
      return download(exchange, shelf.get(id));
    case 'POST uploads':
      return told(exchange, 201, shelf.begin(await jsonOf(exchange, uploadSchema)));
    case 'GET uploads/ID':
      return told(exchange, 200, shelf.progress(id));
    case 'PUT uploads/ID':
      return part(exchange, shelf, id);
    case 'POST restores':
      return told(exchange, 202, restores.begin(ground, shelf.get((await jsonOf(exchange, restoreSchema)).dump)));
    case 'GET restores/ID': {
      const restore = restores.get(id);
      return restore ? told(exchange, 200, restore) : unknown(exchange, 'restore');
    }
    case 'GET mode':
      return told(exchange, 200, { hybridmode: ground.conditions.hybridmode });
    case 'PUT mode':
      ground.conditions.hybridmode = (await jsonOf(exchange, modeSchema)).hybridmode;
      return told(exchange, 200, { hybridmode: ground.conditions.hybridmode });
    default:
      return unknown(exchange, 'call');
  }
}

function stamp(at: Date): string {
  return at.toISOString().replace(/[-:T]|\..*/g, '');
}
