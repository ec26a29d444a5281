import { type Call, CALLS, type Decision, type Step } from './calls.ts';
import type { Effect } from './effect.ts';
import { requestNumberOf } from './request-number.ts';

export { CALLS } from './calls.ts';
export type { Call, Step } from './calls.ts';

export interface ClassifyRequest {
  readonly method: string;
  /** In the environment's form (orca/path), without the query. */
  readonly path: string;
  readonly query: string;
  /** The body, or its first 64 KiB and a byte. Absent while it was not received yet. */
  readonly body?: Buffer | undefined;
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
}

export interface Classified {
  /** The known call's name (`acceptmodv2`), a bounded set; null for what the catalogue does not know. */
  readonly call: string | null;
  readonly effect: Effect;
  /**
   * Where in a conversation it stands. Beside the effect `write` it says that the call may be, or is, such a step as well;
   * all the rules of a write hold then.
   */
  readonly step: Step | null;
  /** A known read that may be sent again. An unknown safe method is a read, but never this. */
  readonly retriable: boolean;
  /** The path alone does not decide, and no body was given: until it is, the effect is the gravest the call can have. */
  readonly needsBody: boolean;
}

/**
 * What a request does to the environment that answers it. Ask without a body first; where `needsBody` says so, ask again
 * with it. A body that is missing, cut, encoded or ambiguous leaves the gravest effect that its call can have.
 */
export function classify(request: ClassifyRequest): Classified {
  const known = BY_PATH.get(request.path) ?? belowBlobs(request.path);
  if (known === undefined) return isSafe(request.method) ? UNKNOWN_READ : UNKNOWN_WRITE;
  if (!known.methods.has(request.method)) return isSafe(request.method) ? known.refusedRead : known.refusedWrite;
  if (known.byNumber === null) return known.gravest;
  if (request.body === undefined) return known.undecided;
  return byNumber(known, known.byNumber, request, request.body);
}

/** What is kept of a call, with every answer made once. */
interface Known {
  readonly methods: ReadonlySet<string>;
  readonly gravest: Classified;
  readonly undecided: Classified;
  readonly byNumber: ReadonlyMap<string, Classified> | null;
  readonly qualifier: string | null;
  readonly refusedRead: Classified;
  readonly refusedWrite: Classified;
}

function byNumber(
  known: Known,
  answers: ReadonlyMap<string, Classified>,
  request: ClassifyRequest,
  bytes: Buffer,
): Classified {
  const body = { bytes, contentType: request.contentType, contentEncoding: request.contentEncoding };
  const { number, qualifier } = requestNumberOf(body, known.qualifier);
  if (typeof number !== 'string' || !TWO_DIGITS.test(number)) return known.gravest;
  const qualified = qualifier === undefined ? undefined : answers.get(`${number}/${qualifier ?? ''}`);
  const answer = qualified ?? answers.get(number) ?? known.gravest;
  // Older versions of acceptmodv2 go by the query's class alone and register with class=01, whatever Request_Number says.
  return answer.effect === 'read' && !agreesWithClass(request.query, number) ? known.gravest : answer;
}

// Anything longer would be cut to two by WebORCA, and could pass for a number with its qualifier here.
const TWO_DIGITS = /^[0-9]{2}$/;

function agreesWithClass(query: string, number: string): boolean {
  if (query === '') return true;
  const pairs = [...new URLSearchParams(query.replaceAll(';', '&'))];
  return pairs.every(([name, value]) => name.toLowerCase() !== 'class' || value === '' || value === number);
}

// RFC 9110 9.2.1 names TRACE too, which no partner has a use for.
function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

function classified(name: string | null, { effect, step, isRepeatable }: Decision, needsBody = false): Classified {
  return Object.freeze({ call: name, effect, step, retriable: isRepeatable, needsBody });
}

const ONCE: Decision = { effect: 'read', step: null, isRepeatable: false };
const WRITE: Decision = { effect: 'write', step: null, isRepeatable: false };
const UNKNOWN_READ = classified(null, ONCE);
const UNKNOWN_WRITE = classified(null, WRITE);

function known({ name, methods, decision, byNumber: numbers, qualifier }: Call): Known {
  const answers = Object.entries(numbers ?? {}).map(([number, one]) => [number, classified(name, one)] as const);
  return {
    methods: new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))),
    gravest: classified(name, decision),
    undecided: classified(name, decision, true),
    byNumber: numbers === null ? null : new Map(answers),
    qualifier,
    // WebORCA answers 405 to a method that the call does not take.
    refusedRead: classified(name, ONCE),
    refusedWrite: classified(name, WRITE),
  };
}

const BY_PATH: ReadonlyMap<string, Known> = new Map(CALLS.map((call) => [call.path, known(call)]));
const BLOBS = '/api/blobapi/';

function belowBlobs(path: string): Known | undefined {
  return path.startsWith(BLOBS) ? BY_PATH.get(BLOBS) : undefined;
}
