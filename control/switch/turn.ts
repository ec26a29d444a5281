/** Runs one piece of work at a time, in the order in which they came. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

export function createTurn(): Turn {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    // The next one comes whatever became of this one; who asked for this one hears of its failure.
    last = mine.catch(() => undefined);
    return mine;
  };
}
