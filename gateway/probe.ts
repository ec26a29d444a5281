import type { IncomingMessage } from 'node:http';
import { formatXml2 } from '../orca/xml2.ts';
import { faultOf } from './fault.ts';
import { causeOfFault, signOfAnonymousProbe, signOfCredentialsProbe, type Sign } from './health.ts';
import type { Upstream, UpstreamRequest } from './upstream.ts';

/** A sign of life, and what the environment said of itself. */
export interface Probed {
  readonly sign: Sign;
  readonly announced: string | null;
}

// Unauthenticated, and without a patient: a living WebORCA says 401 before it looks at anything else.
const ALIVE: UpstreamRequest = { method: 'GET', target: '/api/api01rv2/patientgetv2', headers: [], isWrite: false };
const DAILY = Buffer.from(formatXml2('data', { root: 'system01_dailyreq', record: { Request_Number: '01' } }));
const LONGEST_MS = 5000;

/** Asks an environment whether it lives, and whether its credentials are right. Never fails; within connect + 10 s. */
export async function probe(upstream: Upstream): Promise<Probed> {
  const alive = await ask(upstream, ALIVE, null, signOfAnonymousProbe);
  const { authorization } = upstream.environment;
  if (alive.sign.kind === 'ill' || authorization === null) return alive;
  const framing = ['Content-Type', 'application/xml', 'Content-Length', String(DAILY.length)];
  const headers = ['Authorization', authorization, ...framing];
  const daily = { method: 'POST', target: '/api/api01rv2/system01dailyv2', headers, isWrite: false };
  return ask(upstream, daily, DAILY, signOfCredentialsProbe);
}

type SignOf = (status: number, latencyMs: number, allow: string | undefined) => Sign;

function ask(upstream: Upstream, what: UpstreamRequest, body: Buffer | null, signOf: SignOf): Promise<Probed> {
  const { promise, resolve } = Promise.withResolvers<Probed>();
  const startedAt = performance.now();
  const { connectMs, firstByteMs } = upstream.environment.options.deadlines;
  const request = upstream.open(what);
  let isConnected = false;
  let isLate = false;
  const timer = setTimeout(
    () => {
      isLate = true;
      request.destroy();
    },
    connectMs + Math.min(firstByteMs, LONGEST_MS),
  ).unref();
  const fail = (error: Error | null): void => {
    clearTimeout(timer);
    const cause = isLate ? 'timeout' : (causeOfFault(faultOf(error, isConnected)) ?? 'connect');
    const detail = isLate ? 'no answer in time' : (error?.message ?? 'no answer');
    resolve({ sign: { kind: 'ill', cause, detail }, announced: null });
  };
  request.on('socket', (socket) => {
    isConnected = request.reusedSocket;
    socket.once(upstream.environment.tls === null ? 'connect' : 'secureConnect', () => (isConnected = true));
  });
  request.on('error', fail);
  request.on('close', () => fail(null));
  request.on('response', (answer: IncomingMessage) => {
    clearTimeout(timer);
    answer.on('error', () => undefined).resume();
    const { allow, 'x-hybridmode': announced } = answer.headers;
    const sign = signOf(answer.statusCode ?? 0, performance.now() - startedAt, allow);
    resolve({ sign, announced: typeof announced === 'string' ? announced : null });
  });
  request.end(body ?? undefined);
  return promise;
}

/** Connections of each kind that a switch opens beforehand. */
const WARM = 4;

/** Opens connections to an environment before it is needed; they stay in its pools. Never fails, at most `withinMs`. */
export async function warm(upstream: Upstream, withinMs: number): Promise<void> {
  const one = (isWrite: boolean): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const request = upstream.open({ ...ALIVE, isWrite });
    const timer = setTimeout(() => request.destroy(), Math.min(withinMs, 1000));
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.on('error', done).on('close', done);
    request.on('response', (answer: IncomingMessage) => answer.on('error', done).on('end', done).resume());
    request.end();
    return promise;
  };
  await Promise.all(Array.from({ length: WARM * 2 }, (_, index) => one(index % 2 === 0)));
}
