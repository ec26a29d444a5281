import type { Institution } from './clinic/seed.ts';

export const FLAVOURS = ['onprem', 'cloud', 'trial'] as const;
export type Flavour = (typeof FLAVOURS)[number];

export interface Operator {
  readonly user: string;
  readonly password: string;
}

export interface TlsOptions {
  /** PEM */
  readonly key: string;
  readonly cert: string;
  /** PEM; what signs client certificates */
  readonly ca?: string;
  readonly requestClientCertificate?: 'optional' | 'required';
  /** PEM; what the fault `certificate` shows instead */
  readonly expired?: { readonly key: string; readonly cert: string };
}

/** Everything may be left out: then it is an on-premises WebORCA with 40 patients on a free port of 127.0.0.1. */
export interface SimulatorOptions {
  readonly listen?: { readonly host?: string; readonly port?: number };
  readonly flavour?: Flavour;
  readonly operators?: readonly Operator[];
  readonly hybridmode?: string;
  readonly institution?: Institution;
  readonly patients?: number;
  /** Digits of a patient number. */
  readonly numberWidth?: number;
  readonly history?: { readonly days: number; readonly visitsPerDay: number };
  readonly seed?: number;
  /** A file; in memory where there is none. */
  readonly store?: string;
  /** postgres://user:password@host:port/database: the clinic is kept there, and `store` is not used. */
  readonly postgres?: string;
  readonly tls?: TlsOptions;
  /** The old push server beside /ws (port 9400 in the field). */
  readonly pushListen?: { readonly host?: string; readonly port: number };
  /** Administration on a port of its own, which no fault closes; always 127.0.0.1. */
  readonly adminListen?: { readonly port: number };
  /** Paths without /api: as captured from a WebORCA (POST /api01rv2/… only), all, or none. */
  readonly bare?: 'captured' | 'all' | 'none';
  /** Fill arrays of JSON answers up to their bound with {}, as old servers did. */
  readonly isPadded?: boolean;
  readonly now?: () => Date;
  /** How many arrivals are remembered. */
  readonly arrivals?: number;
}

export const USUAL_OPERATOR: Operator = { user: 'ormaster', password: 'ormaster' };
export const USUAL_INSTITUTION: Institution = {
  code: '1300000',
  id: 'JPN000000000000',
  name: '架空見本クリニック',
  prefecture: '13',
};
