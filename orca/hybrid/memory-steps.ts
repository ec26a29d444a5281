import { randomUUID } from 'node:crypto';
import type { ManualStep } from '../hybrid.ts';
import { HybridRefused } from './errors.ts';
import { type StepState, type StepStore, toldOf } from './manual.ts';

/** Steps in memory: for a demo and for tests. */
export interface MemorySteps extends StepStore {
  /** Those that wait, oldest first. */
  pending(): readonly ManualStep[];
  /** @throws HybridRefused where the step is unknown or the input is not what it asks */
  tick(id: string, input?: unknown): void;
  decline(id: string, reason: string): void;
}

export function memorySteps(now: () => Date = () => new Date()): MemorySteps {
  const steps = new Map<string, { readonly step: ManualStep; settled: StepState | null }>();

  function entry(id: string) {
    const found = [...steps.values()].find(({ step, settled }) => step.id === id && settled === null);
    if (found === undefined) throw new HybridRefused('unknown-step', `no step ${id} is waiting`);
    return found;
  }

  return {
    ask({ key, ...step }) {
      const known = steps.get(key);
      if (known?.settled) {
        steps.delete(key);
        return known.settled;
      }
      for (const [other, { step: old, settled }] of steps) {
        const isSuperseded = settled === null && old.task === step.task && old.environment === step.environment;
        if (isSuperseded && other !== key) steps.delete(other);
      }
      const waiting = known ?? { step: { ...step, id: randomUUID(), openedAt: now() }, settled: null };
      steps.set(key, waiting);
      return { kind: 'waits', step: waiting.step };
    },
    pending: () => [...steps.values()].filter(({ settled }) => settled === null).map(({ step }) => step),
    tick(id, input) {
      const waiting = entry(id);
      waiting.settled = { kind: 'ticked', told: toldOf(waiting.step.asks, input) };
    },
    decline(id, reason) {
      entry(id).settled = { kind: 'declined', reason };
    },
  };
}
