/**
 * How many retries an environment may be asked to bear: one for every ten requests, and ten in reserve. A WebORCA that
 * is just coming back must not be crushed by our help.
 */
export interface RetryBudget {
  deposit(): void;
  /** Takes one retry, if there is one. */
  withdraw(): boolean;
}

const PER_REQUEST = 0.1;
const RESERVE = 10;

export function retryBudget(): RetryBudget {
  let balance = RESERVE;
  return {
    deposit() {
      balance = Math.min(RESERVE, balance + PER_REQUEST);
    },
    withdraw() {
      if (balance < 1) return false;
      balance -= 1;
      return true;
    },
  };
}
