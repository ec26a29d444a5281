import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { OrcaRecord } from '../xml2.ts';
import type { Ask, CallOptions } from './call.ts';
import { text } from './fields.ts';
import { type Asked, type Broken, type Done, isDone, type NotDone } from './outcome.ts';
import { type HeldLock, listLocks, MOST_LOCKS, type Question, questionOf, type Remark } from './steps.ts';
import { remarksOf, type Step, stepCall, type StepCall } from './steps.ts';

// first step (lock) ──▶ … ──▶ last step (the server lets go)
//        └── every other way out ──▶ 99 ──▶ its answer lost or strange: who still holds what?

/** `stop` gives up: nothing is registered, the lock is released. */
export type Answer = 'ok' | 'no' | 'stop';
export type AnswerQuestion = (question: Question) => Answer | Promise<Answer>;

/**
 * What became of the patient's lock. `none`: it was not taken, or not that the list of locks would show it. `gone`: the server had let go before it was asked to, as it
 * does with the last step: after a lost answer to that, a sign that it was done. `unknown`: it may still be held.
 */
export type LockState = 'none' | 'released' | 'gone' | 'unknown';

/** Why a conversation did not come to its end. */
export type Halt = Asked<unknown> | NotDone<unknown> | Broken;

export interface Ended<T> {
  /** Of the last step that was made. */
  readonly outcome: Done<T> | Halt;
  /** `medicalmodv33/05` */
  readonly step: string;
  readonly lock: LockState;
  readonly remarks: readonly Remark[];
  readonly karteUid: string;
  /** Empty where the server gave none. */
  readonly orcaUid: string;
}

export interface ConversationOptions {
  readonly signal?: AbortSignal | undefined;
  /** Without it every question stops the conversation. */
  readonly answer?: AnswerQuestion | undefined;
  /** Before each step is sent: what it does may be done from now on. */
  readonly onStep?: ((step: string) => void | Promise<void>) | undefined;
}

/** Sends one step after the other; what is not done ends the conversation. */
export interface Conversation {
  step<T>(step: Step<T>): Promise<Done<T>>;
  /** A step that may ask; `again` is the one that carries the answer. */
  asking<T>(step: Step<T>, again: (answer: 'Ok' | 'No') => Step<T>): Promise<Done<T>>;
}

// More than there are questions; a server that asks for ever is left.
const MOST_QUESTIONS = 50;
const RELEASE_WITHIN_MS = 15_000;
const RELEASE_ROUNDS = 2;
const LOOK_AGAIN_MS = 300;

class Halted extends Error {
  readonly code = 'HALTED';
  readonly halt: Halt;
  constructor(halt: Halt) {
    super(`halted: ${halt.kind} ${halt.code}`);
    this.halt = halt;
  }
}

/**
 * Runs a conversation under a Karte_Uid of its own, and releases it (99, by `releasing`) on every way out but a done last
 * step: refusals, questions that nobody answers, lost connections, the signal, and exceptions of the caller's own functions,
 * which are thrown on afterwards.
 */
export async function converse<T>(
  ask: Ask,
  releasing: { readonly call: StepCall; readonly record: OrcaRecord },
  { signal, answer = () => 'stop', onStep }: ConversationOptions,
  run: (conversation: Conversation) => Promise<Done<T>>,
): Promise<Ended<T>> {
  const karteUid = randomUUID();
  const remarks: Remark[] = [];
  let orcaUid = '';
  let at = '';
  let mayBeLocked = false;

  const uids = (number: string) => ({ Request_Number: number, Karte_Uid: karteUid, Orca_Uid: orcaUid });

  async function send<U>({ call, number, record, read }: Step<U>): Promise<Done<U> | Halt> {
    at = `${call}/${number}`;
    await onStep?.(at);
    const outcome = await ask(stepCall(call, { ...uids(number), ...record }, read), { signal });
    if (outcome.kind === 'broken') {
      mayBeLocked ||= outcome.mayBeDone;
    } else {
      orcaUid ||= text(outcome.record, 'Orca_Uid');
      mayBeLocked ||= orcaUid !== '';
      remarks.push(...remarksOf(at, outcome.record));
    }
    return outcome;
  }

  const conversation: Conversation = {
    step: async (step) => doneOr(await send(step)),
    async asking(step, again) {
      let outcome = await send(step);
      for (let asked = 0; outcome.kind === 'question' && asked < MOST_QUESTIONS; asked++) {
        const said = await answer(questionOf(at, outcome.record));
        if (said === 'stop') break;
        outcome = await send(again(said === 'ok' ? 'Ok' : 'No'));
      }
      return doneOr(outcome);
    },
  };

  async function release(): Promise<LockState> {
    // Not the caller's signal: what is abandoned has to be let go of all the more.
    const options: CallOptions = { signal: AbortSignal.timeout(RELEASE_WITHIN_MS), isUrgent: true };
    for (let round = 0; round < RELEASE_ROUNDS; round++) {
      // The answer that had the uid was lost: in the list of locks ours has the Karte_Uid that nobody else has.
      const held = orcaUid === '' ? await heldByUs(options) : null;
      if (held === 'unknown') continue;
      orcaUid ||= held?.orcaUid ?? '';
      if (orcaUid === '') {
        // A slow server may come to our first step only now: looked at once more before it is said that there is none.
        if (round < RELEASE_ROUNDS - 1) {
          await pause(LOOK_AGAIN_MS);
          continue;
        }
        return 'none';
      }
      const released = await ask(
        stepCall(releasing.call, { ...uids('99'), ...releasing.record }, () => null),
        options,
      );
      if (isDone(released)) return 'released';
      // Refused, there was nothing to let go of; lost, it may have been this very 99 that did it.
      if ((await heldByUs(options)) === null) return released.kind === 'refused' ? 'gone' : 'released';
    }
    return 'unknown';
  }

  async function heldByUs(options: CallOptions): Promise<HeldLock | 'unknown' | null> {
    const locks = await listLocks(ask, karteUid, options);
    if (!isDone(locks)) return 'unknown';
    const ours = locks.answer.find((held) => held.karteUid === karteUid);
    return ours ?? (locks.answer.length < MOST_LOCKS ? null : 'unknown');
  }

  let outcome: Done<T> | Halt | null = null;
  let lock: LockState = 'none';
  try {
    outcome = await run(conversation);
  } catch (error) {
    if (!(error instanceof Halted)) throw error;
    outcome = error.halt;
  } finally {
    if (mayBeLocked) lock = outcome !== null && isFinished(outcome) ? 'released' : await release();
  }
  return { outcome, step: at, lock, remarks, karteUid, orcaUid };
}

// Response_Number is the step to be sent next; 00: the flow is over, and with it the lock.
function isFinished(outcome: Done<unknown> | Halt): boolean {
  return isDone(outcome) && text(outcome.record, 'Response_Number') === '00';
}

function doneOr<T>(outcome: Done<T> | Halt): Done<T> {
  if (isDone(outcome)) return outcome;
  throw new Halted(outcome);
}
