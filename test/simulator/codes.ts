import type { Simulator } from '../../simulator/server.ts';
import { at, post } from './client.ts';

/** Asks once for each change of a request; gives the codes. */
export async function codesOf(
  orca: Simulator,
  path: string,
  root: string,
  usual: object,
  ...changes: readonly object[]
): Promise<readonly string[]> {
  const codes: string[] = [];
  for (const change of changes) {
    codes.push(at((await post(orca, path, root, { ...usual, ...change })).record, 'Api_Result'));
  }
  return codes;
}
