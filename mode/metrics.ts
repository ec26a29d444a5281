import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { EMERGENCY_ENVIRONMENTS, MODES } from './mode.ts';
import type { ModeState } from './mode.ts';
import type { ModeStore } from './store.ts';

export interface ModeMetrics {
  /** Shows the mode of `store`, from now on. @returns stops it */
  follow(store: Pick<ModeStore, 'current' | 'awaitsConfirmation' | 'onChange'>): () => void;
}

/** The mode as gauges, in `registry`. */
export function createModeMetrics(registry: Registry): ModeMetrics {
  const registers = [registry];
  const mode = new Gauge({
    name: 'hybrid_gateway_mode',
    help: '1 for the mode that the clinic is in, 0 for the others.',
    labelNames: ['mode'],
    registers,
  });
  const epoch = new Gauge({
    name: 'hybrid_gateway_epoch',
    help: 'Grows by one at every committed switch.',
    registers,
  });
  const target = new Gauge({
    name: 'hybrid_gateway_target',
    help: '1 for the emergency environment that an emergency uses, 0 for the other.',
    labelNames: ['environment'],
    registers,
  });
  const awaits = new Gauge({
    name: 'hybrid_gateway_awaits_confirmation',
    help: '1 while writes wait for an operator to confirm the mode.',
    registers,
  });
  function show(state: ModeState, isAwaiting: boolean): void {
    for (const name of MODES) mode.set({ mode: name }, name === state.mode ? 1 : 0);
    for (const name of EMERGENCY_ENVIRONMENTS) target.set({ environment: name }, name === state.target ? 1 : 0);
    epoch.set(state.epoch);
    awaits.set(isAwaiting ? 1 : 0);
  }
  return {
    follow(store) {
      show(store.current, store.awaitsConfirmation !== null);
      return store.onChange((state) => show(state, store.awaitsConfirmation !== null));
    },
  };
}
