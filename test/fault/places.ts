import type { Place } from './operator.ts';

export const NORMAL: Place = { mode: 'normal', target: 'cloudEmergency' };
export const CLOUD: Place = { mode: 'emergency', target: 'cloudEmergency' };
export const LOCAL: Place = { mode: 'emergency', target: 'localEmergency' };
export const RECOVERY: Place = { mode: 'recovery', target: 'cloudEmergency' };
