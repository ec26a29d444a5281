import type { Spoken } from '../../orca/hybrid.ts';

/** What was said, if it is done; a failed test where it waits for a person. */
export function spoken<T>(answer: Spoken<T>): T {
  if (answer.kind === 'done') return answer.value;
  throw new Error(`expected it to be done, got a step: ${answer.step.en}`);
}
