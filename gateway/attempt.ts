import pRetry from 'p-retry';
import type { EnvironmentName } from '../mode/mode.ts';
import { once, type Once } from './once.ts';
import type { Exchange, OnceDeps } from './passage.ts';
import type { Forwarded } from './forward.ts';
import type { RefusalCode } from './refusal.ts';
import { readEnvironment } from './route.ts';
import type { Upstream } from './upstream.ts';

// once ──▶ good enough? ──▶ answered
//   ▲           │ no, and a retry is safe, in time and within the budget
//   └───────────┘

export interface AttemptDeps extends OnceDeps {
  readonly onRetry: (environment: EnvironmentName, why: string) => void;
}

export type Attempted =
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly environment: EnvironmentName | null }
  | { readonly kind: 'answered'; readonly status: number; readonly environment: EnvironmentName }
  | { readonly kind: 'broken'; readonly status: number; readonly environment: EnvironmentName };

const RETRIES = 2;

/** Brings the exchange to an environment and its answer back, with the retries that are safe. */
export async function attempt(exchange: Exchange, deps: AttemptDeps): Promise<Attempted> {
  const startedAt = performance.now();
  let left = isRepeatable(exchange) ? RETRIES : 0;
  const mayRetry = (upstream: Upstream): boolean => {
    const { firstByteMs } = upstream.environment.options.deadlines;
    if (left === 0 || exchange.response.destroyed || performance.now() - startedAt >= firstByteMs) return false;
    // After a switch the retry goes elsewhere: it is no burden on the environment that failed.
    const isLeft = readEnvironment(deps.state(), deps.recovery.partners) !== upstream.name;
    if (!isLeft && !upstream.retries.withdraw()) return false;
    left -= 1;
    return true;
  };
  const first = await once(exchange, deps, mayRetry);
  const last = wantsRetry(first, exchange, mayRetry) ? await again(exchange, deps, mayRetry, first) : first;
  return concluded(last);
}

/** Repeats with growing pauses until an attempt needs no more, or may have none. */
function again(
  exchange: Exchange,
  deps: AttemptDeps,
  mayRetry: (upstream: Upstream) => boolean,
  first: Once,
): Promise<Once> {
  let last = first;
  return pRetry(
    async () => {
      if (last.kind === 'forwarded') deps.onRetry(last.upstream.name, describe(last.outcome));
      last = await once(exchange, deps, mayRetry);
      if (wantsRetry(last, exchange, mayRetry)) throw new OnceMore();
      return last;
    },
    {
      retries: RETRIES,
      minTimeout: 50,
      maxTimeout: 500,
      randomize: true,
      shouldRetry: ({ error }) => error instanceof OnceMore,
    },
  );
}

class OnceMore extends Error {}

// A stream can be sent once only.
function isRepeatable({ classified, body }: Exchange): boolean {
  return body.kind !== 'stream' && (classified.effect !== 'read' || classified.retriable);
}

function wantsRetry(last: Once, { classified }: Exchange, mayRetry: (upstream: Upstream) => boolean): boolean {
  if (last.kind === 'refused') return false;
  const { outcome, upstream } = last;
  // The budget was asked when the head was discarded.
  if (outcome.kind === 'discarded') return true;
  if (outcome.kind !== 'failed' || NEVER_AGAIN.has(outcome.fault)) return false;
  // A write is repeated only where no byte of it can have arrived.
  if (outcome.mayHaveArrived && classified.effect !== 'read') return false;
  return mayRetry(upstream);
}

// Nobody waits, or it would end the same way.
const NEVER_AGAIN: ReadonlySet<RefusalCode> = new Set([
  'partner-gone',
  'partner-broke-off',
  'partner-stalled',
  'request-timeout',
  'body-too-large',
  'bad-target',
  'cut-by-switch',
  'first-byte-timeout',
  'idle-timeout',
]);

function concluded(last: Once): Attempted {
  if (last.kind === 'refused') return last;
  const { outcome, upstream } = last;
  const environment = upstream.name;
  switch (outcome.kind) {
    case 'passed':
      return { kind: 'answered', status: outcome.status, environment };
    case 'broken':
      return { kind: 'broken', status: outcome.status, environment };
    case 'failed':
      return { kind: 'refused', code: outcome.fault, environment };
    case 'discarded':
      return { kind: 'refused', code: 'environment-reset', environment };
  }
}

function describe(outcome: Forwarded): string {
  if (outcome.kind === 'failed') return outcome.fault;
  return outcome.kind === 'discarded' ? `status ${outcome.status}` : outcome.kind;
}
