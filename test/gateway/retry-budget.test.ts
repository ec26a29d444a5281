import assert from 'node:assert/strict';
import { retryBudget, type RetryBudget } from '../../gateway/retry-budget.ts';

function spend(budget: RetryBudget): number {
  let spent = 0;
  while (budget.withdraw()) spent += 1;
  return spent;
}

describe('the retry budget', () => {
  it('has ten in reserve', () => assert.equal(spend(retryBudget()), 10));

  it('earns one with ten requests', () => {
    const budget = retryBudget();
    spend(budget);
    for (let i = 0; i < 30; i += 1) budget.deposit();
    // Tenths do not add up to whole numbers in binary: one may be missing, none may be too many.
    assert.ok([2, 3].includes(spend(budget)));
  });

  it('never saves more than its reserve', () => {
    const budget = retryBudget();
    for (let i = 0; i < 1000; i += 1) budget.deposit();
    assert.equal(spend(budget), 10);
  });

  it('bears a tenth of what is asked, however much fails', () => {
    const budget = retryBudget();
    let retries = 0;
    for (let i = 0; i < 1000; i += 1) {
      budget.deposit();
      if (budget.withdraw()) retries += 1;
    }
    assert.ok(retries >= 105 && retries <= 110, String(retries));
  });
});
