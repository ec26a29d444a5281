import { CLINIC_REFUSALS } from './refusals/clinic.ts';
import { ENVIRONMENT_REFUSALS } from './refusals/environment.ts';
import { PARTNER_REFUSALS } from './refusals/partner.ts';
import type { Refusal } from './refusals/refusal.ts';

export type { Refusal } from './refusals/refusal.ts';

const REFUSALS = { ...PARTNER_REFUSALS, ...CLINIC_REFUSALS, ...ENVIRONMENT_REFUSALS };

/** Every answer that the gateway makes itself has one of these; clients and metrics may rely on them. */
export type RefusalCode = keyof typeof REFUSALS;

export function refusalOf(code: RefusalCode): Refusal {
  return REFUSALS[code];
}

export function refusalCodes(): RefusalCode[] {
  return Object.keys(REFUSALS).filter((code): code is RefusalCode => code in REFUSALS);
}
