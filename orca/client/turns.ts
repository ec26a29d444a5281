/** So many at a time; the others wait in the order they came. */
export interface Turns {
  /** Resolves with what ends the turn. Urgent ones go before all that wait. Rejects with the signal's reason. */
  take(signal: AbortSignal | undefined, isUrgent?: boolean): Promise<() => void>;
}

export function turns(atATime: number): Turns {
  const waiting: (() => void)[] = [];
  let busy = 0;

  function begin(): () => void {
    busy += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      busy -= 1;
      waiting.shift()?.();
    };
  }

  return {
    take(signal, isUrgent = false) {
      if (signal?.aborted) return Promise.reject(reasonOf(signal));
      if (busy < atATime) return Promise.resolve(begin());
      return new Promise((resolve, reject) => {
        const enter = (): void => {
          signal?.removeEventListener('abort', leave);
          resolve(begin());
        };
        const leave = (): void => {
          waiting.splice(waiting.indexOf(enter), 1);
          reject(reasonOf(signal));
        };
        if (isUrgent) waiting.unshift(enter);
        else waiting.push(enter);
        signal?.addEventListener('abort', leave, { once: true });
      });
    },
  };
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException('aborted', 'AbortError');
}
