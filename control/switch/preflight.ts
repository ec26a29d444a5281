import type { SwitchPlan } from './plan.ts';

/** What one check found; sentences for operators. */
export interface CheckResult {
  readonly state: 'ok' | 'warn' | 'block';
  readonly ja: string;
  readonly en: string;
  /** What to do about it, in Japanese; null where there is nothing to do. */
  readonly remedy: string | null;
}

export interface Check {
  /** What an operator names to override it. */
  readonly name: string;
  readonly isOverridable: boolean;
  /** May throw; must stop when `signal` aborts. */
  readonly run: (plan: SwitchPlan, signal: AbortSignal) => CheckResult | Promise<CheckResult>;
}

export interface CheckReport extends CheckResult {
  readonly name: string;
  readonly overridable: boolean;
  /** It blocks, and the operator has taken that on by name. */
  readonly overridden: boolean;
}

/** Two rooms gave their checks the same name: an override would let both pass. */
export class CheckNameTaken extends Error {
  readonly code = 'CHECK_NAME_TAKEN';
  constructor(name: string) {
    super(`a preflight check named "${name}" is registered already; give this one a name of its own`);
  }
}

export const PREFLIGHT_MS = 5000;

/** The checks before a switch. Rooms register theirs; none is known by name here. */
export class Preflight {
  readonly #checks = new Map<string, Check>();
  readonly #withinMs: number;

  /** @param withinMs for all checks together: they run in parallel */
  constructor(withinMs = PREFLIGHT_MS) {
    this.#withinMs = withinMs;
  }

  /** @throws CheckNameTaken */
  register(check: Check): void {
    if (this.#checks.has(check.name)) throw new CheckNameTaken(check.name);
    this.#checks.set(check.name, check);
  }

  /** The same for the dry run and the real thing; never rejects. `override`: names, or `*` for all that may be. */
  async run(plan: SwitchPlan, override: readonly string[] = []): Promise<CheckReport[]> {
    const deadline = new AbortController();
    const tooLate = new Promise<'too late'>((resolve) => {
      deadline.signal.addEventListener('abort', () => resolve('too late'), { once: true });
    });
    const timer = setTimeout(() => deadline.abort(), this.#withinMs);
    try {
      return await Promise.all(
        [...this.#checks.values()].map(async (check) => {
          const { result, isOverridable } = await outcome(check, plan, deadline.signal, tooLate);
          const isNamed = override.includes('*') || override.includes(check.name);
          const overridden = result.state === 'block' && isOverridable && isNamed;
          return { name: check.name, ...result, overridable: isOverridable, overridden };
        }),
      );
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The reports that keep a switch from going on. */
export function blocking(reports: readonly CheckReport[]): CheckReport[] {
  return reports.filter((report) => report.state === 'block' && !report.overridden);
}

async function outcome(
  check: Check,
  plan: SwitchPlan,
  signal: AbortSignal,
  tooLate: Promise<'too late'>,
): Promise<{ result: CheckResult; isOverridable: boolean }> {
  // What could not be found out can always be overridden: in an outage, a check that hangs must not lock the clinic in.
  try {
    const result = await Promise.race([Promise.resolve(check.run(plan, signal)), tooLate]);
    if (result !== 'too late') return { result, isOverridable: check.isOverridable };
    return { result: unknown('時間内に終わりませんでした', 'did not answer in time'), isOverridable: true };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { result: unknown(`失敗しました (${why})`, `failed: ${why}`), isOverridable: true };
  }
}

function unknown(ja: string, en: string): CheckResult {
  return {
    state: 'block',
    ja: `この確認は${ja}。`,
    en: `This check ${en}.`,
    remedy: 'もう一度お試しください。急ぐときは、この確認を名前で指定して省略できます。',
  };
}
