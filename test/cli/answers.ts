// What the control API answers, in the tests of the command line.

export const STATE = {
  mode: 'normal',
  target: 'cloudEmergency',
  epoch: 12,
  since: '2026-04-13T09:30:00+09:00',
  by: 'suzuki',
  reason: '訓練',
  wrote: [],
};

export const MODE = {
  state: STATE,
  confirmed: true,
  fenced: null,
  header: { operational: 'normal', cloudEmergency: 'normal-fa' },
  routed: 'operational',
};

export const SWITCHED = { state: { ...STATE, mode: 'emergency', epoch: 13 }, steps: [] };
