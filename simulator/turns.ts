/** One after the other, in the order in which they were asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    // Whoever comes next waits for the end of this, however it ends; who asked for it is told the failure.
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
