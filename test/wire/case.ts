import type { Reply } from './reply-reader.ts';
import type { UpstreamRequest } from './upstream.ts';
import type { Stage } from './stage.ts';

/** What a partner does, in order. */
export type Step =
  | { readonly send: string }
  /** One byte in each write. */
  | { readonly bytewise: string }
  /** So many bytes of filler, as fast as they are taken. */
  | { readonly fill: number }
  | { readonly pauseMs: number }
  | { readonly awaitText: string }
  | { readonly awaitReplies: number }
  /** Waits for so many bytes out of the tunnel. */
  | { readonly awaitTunnelBytes: number }
  | 'FIN'
  | 'RST';

/** What an environment does once it has the request (or its head only), in order. */
export type Play =
  | { readonly send: string }
  | { readonly pauseMs: number }
  /** Byte by byte, so many milliseconds apart. */
  | { readonly dribble: string; readonly everyMs: number }
  /** So many bytes of filler, as fast as they are taken. */
  | { readonly flood: number }
  /** The 200 that answers everything that has no script. */
  | 'ordinary'
  /** A correct 101, with more fields where given. */
  | 'accept'
  | { readonly accept: string }
  /** Bytes from here on are no HTTP: they are recorded and sent back. */
  | 'echo'
  /** As `echo`, but nothing is sent back. */
  | 'tunnel'
  | 'silence'
  | 'FIN'
  | 'RST';

export interface Script {
  readonly at: 'head' | 'end';
  readonly plays: readonly Play[];
}

/** One script for all requests of a case, or one for each end of a path (`/one`). */
export type Scripts = Script | { readonly byPath: Readonly<Record<string, Script>> };

/** How the gateway left the partner's connection. */
export type Closing = 'open' | 'ended' | 'reset';

/** What was seen of one run of a case. */
export interface Seen {
  readonly token: string;
  /** The value of `X-Hybridmode` for the mode of the run; null while switches go on. */
  readonly hybridMode: string | null;
  readonly replies: readonly Reply[];
  /** Interim (1xx) statuses, in order. */
  readonly interim: readonly number[];
  readonly received: string;
  /** What came out of the tunnel, after a 101. */
  readonly tunnel: Buffer;
  readonly closing: Closing;
  /** All that reached the environments in the name of the case. */
  readonly requests: readonly UpstreamRequest[];
}

/**
 * `reply`: the partner got something else than promised. `missing`: something did not reach the environment.
 * `forbidden`: something happened that may not happen in any mode, at any time.
 */
export interface Fault {
  readonly about: 'reply' | 'missing' | 'forbidden';
  readonly text: string;
}

export type Safe = (seen: Seen) => readonly Fault[];

interface Described {
  readonly id: string;
  readonly title: string;
  readonly why: string;
}

/** One partner, one connection. */
export interface ExchangeCase extends Described {
  readonly sent: readonly Step[];
  readonly environment?: Scripts;
  readonly safe: Safe;
  /** How many final replies the partner waits for (1). */
  readonly replies?: number;
  /** How long the partner waits for them (3 s). */
  readonly patienceMs?: number;
  /** The requests are HEADs: no reply has a body. */
  readonly head?: true;
  /** Nothing may run beside it: the environment closes a connection that may be in use for others by then. */
  readonly alone?: true;
  /** The request becomes a tunnel, which a switch may end. */
  readonly tunnel?: true;
}

/**
 * Where a procedure runs: `shared` beside other cases; `alone` in the same gateway, nothing beside it; `patient`, in a
 * gateway where nothing else happens, because it waits long; `own` with a gateway and environments of its own.
 */
export type Lane = 'shared' | 'alone' | 'patient' | 'own';

/** More than one connection, or more than the listener for partners. */
export interface ProcedureCase extends Described {
  readonly lane: Lane;
  readonly procedure: (stage: Stage) => Promise<readonly Fault[]>;
}

export type WireCase = ExchangeCase | ProcedureCase;
