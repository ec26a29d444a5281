import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EnvironmentName, ModeState } from '../mode/mode.ts';
import type { Classified } from '../orca/catalogue.ts';
import type { Body } from './body.ts';
import type { Fence } from './fence.ts';
import type { Forwarded } from './forward.ts';
import type { WriteJournal } from './journal/journal.ts';
import type { PartnerOptions, RecoveryOptions } from './options.ts';
import type { Pins } from './pins.ts';
import type { RefusalCode } from './refusal.ts';
import type { Upstream } from './upstream.ts';

/** One request that was accepted, recognised, classified and received. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** In the environment's form, with its query. */
  readonly target: string;
  readonly partner: PartnerOptions;
  readonly classified: Classified;
  readonly body: Body;
  readonly peer: string;
  /** Ours, for the journal: a partner may call two requests the same. */
  readonly id: string;
  readonly requestId: string;
  /** Where its partner's requests went when its head arrived: what it names was issued there. */
  readonly arrivedUnder: EnvironmentName;
  /** The `X-Hybridmode` values that the partner itself sent: what it expects. */
  readonly expected: readonly string[];
}

export interface OnceDeps {
  /** The clinic's mode, as it is at this moment. */
  readonly state: () => ModeState;
  /** Why writes to this environment are refused at this moment; null where they flow. */
  readonly refusesWrites: (environment: EnvironmentName) => RefusalCode | null;
  readonly recovery: RecoveryOptions;
  readonly upstreams: ReadonlyMap<EnvironmentName, Upstream>;
  readonly isReachable: (environment: EnvironmentName) => boolean;
  readonly fence: Fence;
  /** How long a write may be held at the fence. */
  readonly holdMs: number;
  readonly pins: Pins;
  readonly journal: WriteJournal;
  /** On disk before the first write of a partner is forwarded to an emergency environment. */
  readonly markWrote: (environment: EnvironmentName) => void;
  readonly onAnswer: (environment: EnvironmentName, state: ModeState, announced: string | undefined) => void;
  readonly onOutcome: (environment: EnvironmentName, outcome: Forwarded) => void;
}
