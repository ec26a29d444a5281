import type { IncomingMessage } from 'node:http';
import { faultOf } from './fault.ts';
import { causeOfFault, signOfAnonymousProbe, type Sign } from './health.ts';
import type { Upstream } from './upstream.ts';

const PROBE_PATH = '/api/api01rv2/patientgetv2';

/**
 * Asks an environment for a sign of life, without credentials and without a patient: a living WebORCA says 401 before
 * it looks at anything else. A connection of its own is not needed; the pool's is what partners would use.
 * @returns never fails; within connect + 5 s
 */
export function probe(upstream: Upstream): Promise<Sign> {
  const { promise, resolve } = Promise.withResolvers<Sign>();
  const startedAt = performance.now();
  const { connectMs, firstByteMs } = upstream.environment.options.deadlines;
  const request = upstream.open({ method: 'GET', target: PROBE_PATH, headers: [], isWrite: false });
  let isConnected = false;
  let isLate = false;
  const timer = setTimeout(
    () => {
      isLate = true;
      request.destroy();
    },
    connectMs + Math.min(firstByteMs, 5000),
  );
  const fail = (error: Error | null): void => {
    clearTimeout(timer);
    const cause = isLate ? 'timeout' : (causeOfFault(faultOf(error, isConnected)) ?? 'connect');
    resolve({ kind: 'ill', cause, detail: isLate ? 'no answer in time' : (error?.message ?? 'no answer') });
  };
  request.on('socket', (socket) => {
    isConnected = !socket.connecting;
    socket.once('connect', () => (isConnected = true));
  });
  request.on('error', fail);
  request.on('close', () => fail(null));
  request.on('response', (answer: IncomingMessage) => {
    clearTimeout(timer);
    answer.on('error', () => undefined).resume();
    resolve(signOfAnonymousProbe(answer.statusCode ?? 0, performance.now() - startedAt, answer.headers.allow));
  });
  request.end();
  return promise;
}

/** Connections of each kind that a switch opens beforehand. */
const WARM = 4;

/** Opens connections to an environment before it is needed; they stay in its pools. Never fails, at most `withinMs`. */
export async function warm(upstream: Upstream, withinMs: number): Promise<void> {
  const one = (isWrite: boolean): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const request = upstream.open({ method: 'GET', target: PROBE_PATH, headers: [], isWrite });
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
