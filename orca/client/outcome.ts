import { resultOf } from '../result.ts';
import type { OrcaRecord } from '../xml2.ts';
import type { Fault } from './fault.ts';
import { AnswerUnreadable, text } from './fields.ts';

/** What a call came to. The kinds are those of `orca/result.ts`; nothing is ever decided by a message. */
export type Outcome<T> = Done<T> | Asked<T> | NotDone<T> | Broken;

export interface Done<T> extends Said {
  /** `warning`: done, with remarks. */
  readonly kind: 'ok' | 'warning';
  /** There is more than the answer holds; what is missing is not known to be absent. */
  readonly isIncomplete: boolean;
  readonly answer: T;
}

/** Nothing is done until the question is answered. */
export interface Asked<T> extends Said {
  readonly kind: 'question';
  readonly answer: T;
}

export interface NotDone<T> extends Said {
  /** `locked`: another terminal or conversation has the patient; it may be tried again. */
  readonly kind: 'locked' | 'refused';
  /** Refused as a amount, yet a part was stored. */
  readonly isPartlyDone: boolean;
  /** What the refusal tells beside its code; null where that cannot be read. */
  readonly answer: T | null;
}

/** The call was not understood, could not begin, or brought no answer. */
export interface Broken {
  readonly kind: 'broken';
  /** WebORCA's code where the application said it, else the fault. */
  readonly code: string;
  /** null where the application itself said so. */
  readonly fault: Fault | null;
  /** For people; names no patient. */
  readonly detail: string;
  /** A write may have been done all the same: look before it is sent again. Always false for reads. */
  readonly mayBeDone: boolean;
  readonly reply: Reply | null;
}

interface Said {
  /** As on the wire. */
  readonly code: string;
  /** For people and logs only. */
  readonly message: string;
  /** The answer as it was read, with what the types leave out. */
  readonly record: OrcaRecord;
  readonly reply: Reply;
}

/** What the HTTP side of an answer told. */
export interface Reply {
  readonly status: number;
  readonly hybridmode: string | null;
  /** The environment's clock, to the second. */
  readonly clock: Date | null;
  readonly tookMs: number;
}

/** What of a call decides how its answer is read. */
export interface Reading<T> {
  /** The call's name in `orca/result.ts`. */
  readonly name: string;
  /** The root of an answer that is done. */
  readonly root: string;
  readonly read: (record: OrcaRecord) => T;
  /** Codes that say: there is none. The answer is an empty one then, and the kind `ok`. */
  readonly none?: readonly string[];
  /** Codes of a list cut at its bound, beside those that `orca/result.ts` knows. */
  readonly cut?: readonly string[];
}

export function isDone<O extends { readonly kind: string }>(
  outcome: O,
): outcome is Extract<O, { readonly kind: 'ok' | 'warning' }> {
  return outcome.kind === 'ok' || outcome.kind === 'warning';
}

/** Reads what the application answered. `isWrite`: an answer that cannot be read leaves open whether it was done. */
export function outcomeOf<T>(
  reading: Reading<T>,
  { root, record }: { readonly root: string; readonly record: OrcaRecord },
  reply: Reply,
  isWrite: boolean,
): Outcome<T> {
  const result = resultOf(reading.name, record);
  const { code } = result;
  const said = { code, message: text(record, 'Api_Result_Message'), record, reply };
  const isCut = reading.cut?.includes(code) ?? false;
  const kind = isCut ? 'warning' : (reading.none?.includes(code) ?? false) ? 'ok' : result.kind;
  switch (kind) {
    case 'ok':
    case 'warning': {
      if (root !== reading.root) return unreadable(`root: expected ${reading.root}`, reply, isWrite);
      const answer = tried(reading, record);
      if (answer instanceof AnswerUnreadable) return unreadable(answer.message, reply, isWrite);
      return { ...said, kind, isIncomplete: isCut || result.isIncomplete, answer: answer.value };
    }
    case 'question': {
      const answer = tried(reading, record);
      if (answer instanceof AnswerUnreadable) return unreadable(answer.message, reply, isWrite);
      return { ...said, kind, answer: answer.value };
    }
    case 'locked':
    case 'refused': {
      const answer = tried(reading, record);
      const { isPartlyDone } = result;
      return { ...said, kind, isPartlyDone, answer: answer instanceof AnswerUnreadable ? null : answer.value };
    }
    case 'broken':
      return {
        kind,
        // WebORCA's codes for "did not begin" leave nothing behind; a code that is none of its own says nothing.
        code: code === '' ? 'answer' : code,
        fault: code === '' ? 'answer' : null,
        detail: code === '' ? 'Api_Result: expected a code' : `Api_Result ${code}`,
        mayBeDone: isWrite && !NOT_BEGUN.test(code),
        reply,
      };
  }
}

const NOT_BEGUN = /^[0E]*(?:89|91|97|98|99|89\d\d|8099)$/;

function tried<T>({ read }: Reading<T>, record: OrcaRecord): { readonly value: T } | AnswerUnreadable {
  try {
    return { value: read(record) };
  } catch (error) {
    if (error instanceof AnswerUnreadable) return error;
    throw error;
  }
}

/** The application answered, but not so that it could be read. */
export function unreadable(detail: string, reply: Reply, isWrite: boolean): Broken {
  return { kind: 'broken', code: 'answer', fault: 'answer', detail, mayBeDone: isWrite, reply };
}
