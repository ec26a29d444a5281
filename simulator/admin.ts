import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { DumpError } from './clinic/archive.ts';
import type { Numbers } from './clinic/counters.ts';
import { clinicDigest } from './clinic/dump.ts';
import { UnknownPatient } from './standing.ts';
import { faultSchema, type Fault } from './faults.ts';
import type { Ground } from './exchange.ts';
import { KeepingFailed } from './keeper.ts';

const LARGEST_BODY = 1024 * 1024 * 1024;

interface Outcome {
  readonly status: number;
  readonly value: unknown;
}

/** An administrator's request that cannot be done; the message says why. */
export class AdminError extends Error {
  readonly code = 'SIMULATOR_ADMIN';
}

const numbersSchema = z.strictObject({
  outpatientSlip: z.int().min(0).optional(),
  inpatientSlip: z.int().min(0).optional(),
  patientSerial: z.int().min(0).optional(),
});
const hybridmodeSchema = z.strictObject({ value: z.string().min(1) });
/** How the environment presents itself, beside its mode. */
const conditionsSchema = z.strictObject({
  isHybridOffered: z.boolean().optional(),
  restoreMs: z.int().min(0).optional(),
  isRewriting: z.boolean().optional(),
});
const pushSchema = z.strictObject({
  event: z.string().min(1),
  body: z.record(z.string(), z.string()).default({}),
  user: z.string().default('__nobody'),
  session: z.string().optional(),
  group: z.string().optional(),
});

/** Shared with WebORCA's own calls, or the administration's alone. */
export type AdminPort = 'shared' | 'own';

function allowed(fault: Fault, port: AdminPort): Fault {
  if (fault.kind === 'refuse' && fault.durationMs === undefined && port === 'shared') {
    throw new AdminError(
      'this port would be closed, and you could not come back: give durationMs, or use --admin-port',
    );
  }
  return fault;
}

const ok = (value: unknown): Outcome => ({ status: 200, value });

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    if (!Buffer.isBuffer(piece)) continue;
    bytes += piece.length;
    if (bytes > LARGEST_BODY) throw new AdminError('the body is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function json<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const text = (await bodyOf(request)).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AdminError('expected JSON', { cause: error });
  }
  const found = schema.safeParse(value);
  if (!found.success) throw new AdminError(z.prettifyError(found.error));
  return found.data;
}

/** What the clinic holds, in numbers. */
export function clinicSummary({ clinic }: Pick<Ground, 'clinic'>): object {
  const count = (table: string): number =>
    clinic.db.prepare<[], { count: number }>(`select count(*) count from ${table}`).get()?.count ?? 0;
  return {
    seed: Number(clinic.setting('seed')),
    made: clinic.setting('made'),
    patients: count('tbl_ptinf'),
    visits: count('tbl_jyurrk'),
    receptions: count('tbl_uketuke'),
    unfinished: count('tbl_wksryact'),
    diseases: count('tbl_ptbyomei'),
    numbers: clinic.counters.all(),
    locks: clinic.locks.all(),
  };
}

async function outcomeOf(
  ground: Ground,
  request: IncomingMessage,
  path: string,
  query: URLSearchParams,
  port: AdminPort,
): Promise<Outcome> {
  const { clinic, keeper, faults, arrivals, conditions, pusher } = ground;
  const summary = async (): Promise<object> => keeper.carryOut(() => clinicSummary(ground), 'draws');
  switch (`${request.method} ${path}`) {
    case 'GET ':
      return ok({
        flavour: ground.flavour,
        conditions,
        subscribers: pusher.subscribers,
        clinic: await summary(),
      });
    case 'GET /clinic':
      return ok({ ...(await summary()), ...(query.has('digest') ? { digest: clinicDigest(clinic) } : {}) });
    case 'GET /arrivals':
      return ok(arrivals.list(Number(query.get('after') ?? 0)));
    case 'DELETE /arrivals':
      arrivals.clear();
      return ok({});
    case 'GET /faults':
      return ok(faults.list());
    case 'POST /faults':
      return ok({ id: faults.add(allowed(await json(request, faultSchema), port)) });
    case 'DELETE /faults':
      faults.clear();
      return ok({});
    case 'PUT /hybridmode':
      conditions.hybridmode = (await json(request, hybridmodeSchema)).value;
      return ok({ hybridmode: conditions.hybridmode });
    case 'PUT /conditions':
      Object.assign(conditions, await json(request, conditionsSchema));
      return ok(conditions);
    case 'GET /numbers':
      return ok(await keeper.carryOut(() => clinic.counters.all(), 'draws'));
    case 'PUT /numbers': {
      const wished = await json(request, numbersSchema);
      const change = (): Numbers => {
        clinic.counters.change(wished);
        return clinic.counters.all();
      };
      return ok(await keeper.carryOut(() => clinic.transact(change), 'draws'));
    }
    case 'GET /locks':
      return ok(clinic.locks.all());
    case 'POST /push': {
      const { event, body, user, session, group } = await json(request, pushSchema);
      const address = { ...(session === undefined ? {} : { session }), ...(group === undefined ? {} : { group }) };
      return ok(pusher.publish({ event, body }, user, address));
    }
    case 'DELETE /push':
      pusher.drop();
      return ok({});
    case 'POST /restore':
      return ok({ restored: await keeper.restore(await bodyOf(request), conditions) });
    default: {
      const id = /^DELETE \/faults\/(\d+)$/.exec(`${request.method} ${path}`)?.[1];
      if (id !== undefined)
        return faults.remove(Number(id)) ? ok({}) : { status: 404, value: { error: 'no such fault' } };
      return { status: 404, value: { error: 'no such admin call; see docs/simulator.md' } };
    }
  }
}

/** /simulator/*: for whoever runs the simulator, from the same machine only, without a password. */
export async function administer(
  ground: Ground,
  request: IncomingMessage,
  response: ServerResponse,
  port: AdminPort,
): Promise<void> {
  const [target = '', search = ''] = (request.url ?? '').split('?', 2);
  const path = target.slice('/simulator'.length).replace(/\/$/, '');
  // A page that somebody has open must not be able to break things here.
  if (!isLoopback(request.socket.remoteAddress) || request.headers.origin !== undefined) {
    reply(response, { status: 403, value: { error: 'admin calls come from this machine only' } });
    return;
  }
  try {
    if (`${request.method} ${path}` === 'GET /dump') {
      const dump = await ground.keeper.dump(ground.now());
      response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': dump.length }).end(dump);
      return;
    }
    reply(response, await outcomeOf(ground, request, path, new URLSearchParams(search), port));
  } catch (error) {
    const isTheirs = [AdminError, DumpError, KeepingFailed, UnknownPatient].some((kind) => error instanceof kind);
    if (!isTheirs || !(error instanceof Error)) throw error;
    reply(response, { status: 400, value: { error: error.message } });
  }
}

function reply(response: ServerResponse, { status, value }: Outcome): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
}
