import { unwritableProblem } from './problem.ts';

/** Does what has to be on the disk before it is believed. @throws Problem 503 where the disk does not take it */
export async function kept<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_'))
      throw unwritableProblem(error);
    throw error;
  }
}
