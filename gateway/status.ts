import type { EmergencyName, EnvironmentName, Mode } from '../mode/mode.ts';

/** Why an environment does not answer as it should; each has its own remedy. */
export const HEALTH_CAUSES = [
  'dns',
  'connect',
  'tls',
  'certificate',
  'credentials',
  'timeout',
  'http',
  'slow',
] as const;
export type HealthCause = (typeof HEALTH_CAUSES)[number];

export interface EnvironmentStatus {
  readonly name: EnvironmentName;
  readonly kind: 'cloud' | 'onprem';
  readonly health: 'up' | 'down' | 'unknown';
  readonly cause: HealthCause | null;
  /** A sentence for operators; no secrets, no patients' data. */
  readonly detail: string | null;
  /** Since when `health` is so: ISO 8601. */
  readonly since: string;
  readonly lastAnswerAt: string | null;
  /** Of the newest answer to a probe or a request. */
  readonly latencyMs: number | null;
  /** What the environment itself last said in `X-Hybridmode`. */
  readonly announced: string | null;
  readonly inFlight: number;
}

export interface PartnerStatus {
  readonly name: string;
  readonly kind: 'api' | 'terminal';
  readonly lastSeenAt: string | null;
  readonly requests: number;
  readonly connections: number;
}

/** What the gateway suggests to people; it never switches by itself unless `switch.automatic` says so. */
export interface Proposal {
  readonly to: Mode;
  readonly target: EmergencyName | null;
  readonly why: 'unreachable' | 'announced';
  readonly cause: HealthCause | null;
  /** Since when it is so: ISO 8601. */
  readonly since: string;
  readonly ja: string;
  readonly en: string;
}

/** What the other rooms may know of a running gateway. */
export interface GatewayStatus {
  environments(): EnvironmentStatus[];
  partners(): PartnerStatus[];
  /** Writes that wait, because the mode is unconfirmed or a switch is going on; null where they flow. */
  readonly fencedBecause: string | null;
  /** What the gateway suggests to people at this moment; null where nothing is to be done. */
  readonly proposal: Proposal | null;
  /** Told when an environment's health, cause or announcement changes. @returns stops it */
  onEnvironment(listener: (status: EnvironmentStatus) => void): () => void;
}
