import type { EnvironmentName, ModeState } from '../mode/mode.ts';
import { hybridMode, isEmergencyName } from '../mode/mode.ts';
import { peekField } from '../orca/peek.ts';
import type { Forwarded } from './forward.ts';
import type { Fence } from './fence.ts';
import { bodyBytes, pathOf, targetOf, type Targeted } from './follow.ts';
import { digestOf, type WriteJournal } from './journal/journal.ts';
import type { Exchange, OnceDeps } from './passage.ts';
import type { RefusalCode } from './refusal.ts';
import { send } from './send.ts';
import { treatmentOf, type Treatment } from './treatment.ts';
import type { Upstream } from './upstream.ts';

// target (pins ▸ route) ──▶ guard ──▶ gate ──▶ admission ──▶ journal ──▶ send
//    ▲                      412/503   503        │ fence closed, or the clinic was switched meanwhile
//    └───────────────────────────────────────────┘

export type Once =
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly environment: EnvironmentName | null }
  | { readonly kind: 'forwarded'; readonly upstream: Upstream; readonly outcome: Forwarded };

/** One attempt: to the environment that the mode names at its admission, and nowhere else. */
export async function once(
  exchange: Exchange,
  deps: OnceDeps,
  mayRetry: (upstream: Upstream) => boolean,
): Promise<Once> {
  const treatment = treatmentOf(exchange.classified);
  const until = performance.now() + deps.holdMs;
  for (;;) {
    if (exchange.response.destroyed) return { kind: 'refused', code: 'partner-gone', environment: null };
    const at = targetOf(exchange, treatment, deps);
    const refusal = guard(exchange, treatment, at, deps) ?? namesForeign(exchange, treatment, at.to);
    if (refusal !== null) return { kind: 'refused', code: refusal, environment: at.to };
    const upstream = at.to === null ? undefined : deps.upstreams.get(at.to);
    if (upstream === undefined)
      return { kind: 'refused', code: at.code ?? 'environment-not-configured', environment: at.to };

    if (isHeld(treatment, deps.fence)) {
      const code = await waitAtFence(exchange, deps, until - performance.now());
      if (code !== null) return { kind: 'refused', code, environment: at.to };
      continue;
    }
    const passed = await enter(exchange, upstream);
    if (passed !== null) return { kind: 'refused', code: passed, environment: at.to };
    let outcome: Forwarded | 'again' | 'state-unwritable';
    try {
      outcome = await admitAndSend(exchange, treatment, at, upstream, deps, mayRetry);
    } finally {
      upstream.gate.leave();
    }
    if (outcome === 'state-unwritable') return { kind: 'refused', code: outcome, environment: at.to };
    if (outcome !== 'again') return { kind: 'forwarded', upstream, outcome };
  }
}

/** Admission: from here to the first `await` nothing else runs; the fence, the state and the count belong together. */
async function admitAndSend(
  exchange: Exchange,
  treatment: Treatment,
  at: Targeted,
  upstream: Upstream,
  deps: OnceDeps,
  mayRetry: (upstream: Upstream) => boolean,
): Promise<Forwarded | 'again' | 'state-unwritable'> {
  // While it waited in line the clinic may have been switched, or be switching: then it is decided anew.
  if (isHeld(treatment, deps.fence)) return 'again';
  if (targetOf(exchange, treatment, deps).to !== at.to) return 'again';
  if (guard(exchange, treatment, at, deps) !== null) return 'again';
  const state = deps.state();
  const { name } = upstream;
  if (treatment.isCounted && isEmergencyName(name)) {
    try {
      deps.markWrote(name);
    } catch {
      return 'state-unwritable';
    }
  }
  if (exchange.classified.effect === 'read') {
    upstream.retries.deposit();
    return send(exchange, treatment, upstream, state, deps, mayRetry).outcome;
  }
  // The journal's line takes a moment: until a byte has left, a switch may take the request back.
  let sending: ReturnType<typeof send> | null = null;
  let isCutBefore = false;
  const release = deps.fence.admit({
    environment: name,
    mayHaveArrived: () => sending?.mayHaveArrived() ?? false,
    cut(fault) {
      if (sending === null) isCutBefore = true;
      else sending.cut(fault);
    },
  });
  try {
    if (treatment.isCounted) await deps.journal.begin(recordOf(exchange, name, state));
    if (isCutBefore || exchange.response.destroyed) return again(exchange, treatment, deps);
    sending = send(exchange, treatment, upstream, state, deps, mayRetry);
    const outcome = await sending.outcome;
    if (outcome.kind === 'failed' && outcome.fault === 'taken-back') return again(exchange, treatment, deps);
    if (treatment.isCounted) conclude(exchange, outcome, sending.apiResult(), deps.journal);
    return outcome;
  } finally {
    release();
  }
}

function again({ id }: Exchange, { isCounted }: Treatment, { journal }: OnceDeps): 'again' {
  if (isCounted) journal.unsent(id);
  return 'again';
}

function conclude({ id }: Exchange, outcome: Forwarded, result: string | null, journal: WriteJournal): void {
  if (outcome.kind === 'passed' || (outcome.kind === 'broken' && outcome.isWhole)) {
    journal.end(id, { status: outcome.status, result });
  } else if (outcome.kind === 'failed' && !outcome.mayHaveArrived) journal.unsent(id);
  else if (outcome.kind !== 'discarded') journal.unknown(id, outcome.fault);
}

function isHeld({ isFenced, issues }: Treatment, fence: Fence): boolean {
  return isFenced && (fence.isClosed || (issues === 'Orca_Uid' && fence.isClosedToConversations));
}

function guard(exchange: Exchange, treatment: Treatment, at: Targeted, deps: OnceDeps): RefusalCode | null {
  if (at.to === null) return at.code;
  const { expected } = exchange;
  const actual = hybridMode(deps.state().mode, at.to);
  if (expected.length > 0 && !expected.every((value) => value.trim().toLowerCase() === actual))
    return 'mode-precondition';
  return treatment.isFenced ? deps.refusesWrites(at.to) : null;
}

// Held across a flip, it would name a row of the other environment: the same number is another visit there.
const ISSUED = ['Acceptance_Id', 'Invoice_Number', 'Medical_Uid'] as const;

function namesForeign(exchange: Exchange, treatment: Treatment, to: EnvironmentName | null): RefusalCode | null {
  if (!treatment.isFenced || to === null || to === exchange.arrivedUnder) return null;
  const body = bodyBytes(exchange.body);
  return body !== null && ISSUED.some((name) => peekField(body, name) !== null) ? 'names-other-environment' : null;
}

async function waitAtFence({ response }: Exchange, deps: OnceDeps, withinMs: number): Promise<RefusalCode | null> {
  if (withinMs <= 0) return 'switch-in-progress';
  const { waited, cancel } = deps.fence.wait(withinMs);
  response.once('close', cancel);
  const how = await waited;
  response.off('close', cancel);
  if (how === 'lifted') return null;
  return how === 'gone' ? 'partner-gone' : 'switch-in-progress';
}

async function enter({ response }: Exchange, upstream: Upstream): Promise<RefusalCode | null> {
  const place = upstream.gate.enter(upstream.environment.options.deadlines.connectMs);
  if (place.passed === true) return null;
  response.once('close', place.cancel);
  const isIn = await place.passed;
  response.off('close', place.cancel);
  if (isIn) return null;
  return response.destroyed ? 'partner-gone' : 'environment-busy';
}

function recordOf(exchange: Exchange, environment: EnvironmentName, state: ModeState) {
  const { body, classified, partner, method, id, requestId } = exchange;
  const bytes = bodyBytes(body);
  return {
    id,
    request: requestId,
    partner: partner.name,
    method,
    path: pathOf(exchange),
    call: classified.call,
    patient: bytes === null ? null : peekField(bytes, 'Patient_ID'),
    digest: body.kind === 'whole' ? digestOf(body.bytes) : null,
    bytes: body.kind === 'stream' ? body.length : (bytes?.length ?? 0),
    environment,
    epoch: state.epoch,
    at: new Date().toISOString(),
  };
}
