import { type Ask, asking, type Form } from './client/call.ts';
import { type ConversationCalls, conversationCalls } from './client/conversations.ts';
import { type DiseaseCalls, diseaseCalls } from './client/diseases.ts';
import { type IncomeCalls, incomeCalls } from './client/income.ts';
import { type PatientCalls, patientCalls } from './client/patients.ts';
import { type PushEventCalls, pushEventCalls } from './client/push-events.ts';
import { type ReceptionCalls, receptionCalls } from './client/receptions.ts';
import { type RegistrationCalls, registrationCalls } from './client/registration.ts';
import { type SystemCalls, systemCalls } from './client/system.ts';
import { turns } from './client/turns.ts';
import { type UnfinishedCalls, unfinishedCalls } from './client/unfinished.ts';
import { type VisitCalls, visitCalls } from './client/visits.ts';
import { openWire } from './client/wire.ts';
import type { Environment } from './environment.ts';

export interface ClientOptions {
  /** XML2 is understood by every version; JSON by 5.0 and later. */
  readonly form?: Form;
  /** Calls at a time; the environment's own `concurrency` where it is left out. */
  readonly concurrency?: number;
  /** How often a read is sent again after its connection failed; writes never are. */
  readonly retries?: number;
  readonly firstPauseMs?: number;
}

/**
 * WebORCA's calls, typed: request in, parsed answer out. Every call gives an `Outcome` and none rejects because of the
 * environment. Connections, deadlines and the number of calls at a time are the environment's.
 */
export interface OrcaClient {
  readonly environment: Environment;
  readonly patients: PatientCalls;
  readonly registrations: RegistrationCalls;
  readonly receptions: ReceptionCalls;
  readonly visits: VisitCalls;
  readonly unfinished: UnfinishedCalls;
  readonly conversations: ConversationCalls;
  readonly diseases: DiseaseCalls;
  readonly income: IncomeCalls;
  readonly system: SystemCalls;
  readonly pushEvents: PushEventCalls;
  /** Any other call. */
  readonly ask: Ask;
  /** Ends idle connections; calls under way fail. */
  close(): void;
}

export function orcaClient(environment: Environment, options: ClientOptions = {}): OrcaClient {
  const wire = openWire(environment);
  const ask = asking({
    wire,
    form: options.form ?? 'xml',
    turns: turns(options.concurrency ?? environment.options.concurrency),
    retries: options.retries ?? 2,
    firstPauseMs: options.firstPauseMs ?? 200,
  });
  return {
    environment,
    ask,
    patients: patientCalls(ask),
    registrations: registrationCalls(ask),
    receptions: receptionCalls(ask),
    visits: visitCalls(ask),
    unfinished: unfinishedCalls(ask),
    conversations: conversationCalls(ask),
    diseases: diseaseCalls(ask),
    income: incomeCalls(ask),
    system: systemCalls(ask),
    pushEvents: pushEventCalls(ask),
    close: () => wire.close(),
  };
}
