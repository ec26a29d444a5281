import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { EnvironmentName, ModeState } from '../../mode/mode.ts';
import type { Environment } from '../../orca/environment.ts';
import type { PartnerOptions, RecoveryOptions } from '../options.ts';
import type { Pins } from '../pins.ts';
import type { PushClient } from './audiences.ts';
import type { EventJournal } from './events.ts';
import type { PushLimits, PushTiming } from './limits.ts';
import type { PushMetrics } from './metrics.ts';
import type { PushChange, PushStatus } from './status.ts';

export interface PushDeps {
  readonly environments: ReadonlyMap<EnvironmentName, Environment>;
  readonly partners: readonly PartnerOptions[];
  readonly recovery: RecoveryOptions;
  readonly state: () => ModeState;
  readonly pins: Pick<Pins, 'pin'>;
  readonly journal: EventJournal;
  readonly metrics: PushMetrics;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly openClient: (environment: Environment) => PushClient;
  readonly timing?: Partial<PushTiming>;
  readonly limits?: Partial<PushLimits>;
}

/** What is known of a handshake beside its request. */
export interface PushArrival {
  readonly address: string;
  readonly requestId: string;
  readonly hybridmode: string;
  /** Answers a handshake that is none. */
  readonly refuse: () => void;
}

export interface PushHub {
  isPushPath(path: string): boolean;
  /** Takes the socket of a partner that was recognised. Its path and its limits were looked at before. */
  accept(request: IncomingMessage, socket: Socket, head: Buffer, partner: PartnerOptions, arrival: PushArrival): void;
  /** Subscribes at `to` beside the present environment. Takes a second at most, never rejects, decides nothing. */
  prepare(to: EnvironmentName): Promise<void>;
  /** The routing has changed: from this call on partners get the events of the new environment, and no others. */
  flip(state: ModeState): void;
  /** pusheventgetv2 for an environment that does not offer it: the text of WebORCA's answer; null: it offers it. */
  answerPushEvents(
    environment: EnvironmentName,
    partner: PartnerOptions,
    authorization: string | null,
    body: Buffer | null,
  ): Promise<string | null>;
  status(): PushStatus;
  /** @returns stops the telling */
  onChange(listener: (change: PushChange) => void): () => void;
  /** Tells partners that it is going away (1001); ends what does not end within a second. */
  close(): Promise<void>;
}
