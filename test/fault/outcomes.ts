import { outcomesOf, readJournalAtRest } from './journal.ts';
import type { Stand } from './stand.ts';

/** Where what the gateway says of unknown outcomes is not what its journal has. */
export async function outcomeBreaches({ gateway, operator }: Stand): Promise<string[]> {
  const journal = await readJournalAtRest(gateway.place.stateDir);
  const { status, text } = await operator.ask('GET', '/api/outcomes');
  if (status !== 200) return [`GET /api/outcomes: ${status} ${text}`];
  const said: { readonly id: string }[] = JSON.parse(text).outcomes;
  const listed = new Set(said.map(({ id }) => id));
  const kept = new Set(outcomesOf(journal).map(({ id }) => id));
  return [
    ...[...kept].filter((id) => !listed.has(id)).map((id) => `${id} is unknown in the journal, and not in the list`),
    ...[...listed].filter((id) => !kept.has(id)).map((id) => `${id} is in the list, and not unknown in the journal`),
  ];
}
