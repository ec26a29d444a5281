import { SCHEMA_VERSION } from './clinic/seed.ts';

/** How the simulated environment presents itself; changes take effect at the next request. */
export interface Conditions {
  /** What X-Hybridmode says. */
  hybridmode: string;
  /** How far the environment's clock is ahead of ours, in milliseconds. */
  clockSkewMs: number;
  /** Jma_Receipt_Version and the database's version. */
  version: string;
  /** The masters' version: differs where one environment was not updated. */
  masterVersion: string;
  /** Calls of the hybrid service are offered. */
  isHybridOffered: boolean;
  /** How long a restore takes at least. */
  restoreMs: number;
  /** A restore replaces the characters that WebORCA's own import replaces (髙 becomes 高). */
  isRewriting: boolean;
}

export function usualConditions(hybridmode: string): Conditions {
  return {
    hybridmode,
    clockSkewMs: 0,
    version: SCHEMA_VERSION,
    masterVersion: 'R-20260401-1',
    isHybridOffered: true,
    restoreMs: 0,
    isRewriting: false,
  };
}
