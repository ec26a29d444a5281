/** Lets at most `width` holders through at a time; the others wait in line, first come first served. */
export interface Gate {
  /**
   * @param withinMs how long to wait in line
   * @returns whether the gate was passed; then a `leave()` is owed. `cancel` gives up the place in the line.
   */
  enter(withinMs: number): { readonly passed: true | Promise<boolean>; readonly cancel: () => void };
  leave(): void;
  readonly inside: number;
  readonly waiting: number;
}

const AT_ONCE = { passed: true, cancel: () => undefined } as const;

export function gate(width: number): Gate {
  let inside = 0;
  // A Set keeps the order of arrival and lets anybody leave the line at once.
  const line = new Set<(passed: boolean) => void>();
  return {
    enter(withinMs) {
      if (inside < width) {
        inside += 1;
        return AT_ONCE;
      }
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const settle = (passed: boolean): void => {
        clearTimeout(timer);
        line.delete(settle);
        resolve(passed);
      };
      const timer = setTimeout(() => settle(false), withinMs);
      line.add(settle);
      return { passed: promise, cancel: () => line.has(settle) && settle(false) };
    },
    leave() {
      const [next] = line;
      // The place is handed on: `inside` stays as it is.
      if (next !== undefined) next(true);
      else inside -= 1;
    },
    get inside() {
      return inside;
    },
    get waiting() {
      return line.size;
    },
  };
}
