import { ACCEPTLST } from './acceptlst.ts';
import { ACCEPTMOD } from './acceptmod.ts';
import type { Api } from './call.ts';
import { DISEASE } from './disease.ts';
import { PUSHEVENTGET } from './events.ts';
import { ACTS_STEP } from './haori/acts.ts';
import { BILL } from './haori/bill.ts';
import { CORRECT } from './haori/correct.ts';
import { FIRST } from './haori/first.ts';
import { UNLOCK } from './haori/unlock.ts';
import { INCOME } from './income.ts';
import { MEDICALGET } from './medicalget.ts';
import { MEDICALMOD } from './medicalmod.ts';
import { PATIENTGET } from './patientget.ts';
import { PATIENTMOD } from './patientmod.ts';
import { PATIENT_LISTS } from './patientlists.ts';
import { SYSTEM } from './system.ts';
import { TMEDICAL } from './tmedical.ts';
import { apiVersions } from './versions.ts';
import { VISITPTLST } from './visitptlst.ts';

const CALLS: readonly Api[] = [
  PATIENTGET,
  PATIENTMOD,
  ...PATIENT_LISTS,
  ACCEPTLST,
  ACCEPTMOD,
  ...SYSTEM,
  VISITPTLST,
  MEDICALGET,
  ...TMEDICAL,
  MEDICALMOD,
  FIRST,
  ACTS_STEP,
  BILL,
  CORRECT,
  UNLOCK,
  ...DISEASE,
  INCOME,
  PUSHEVENTGET,
];
export const APIS: readonly Api[] = [...CALLS, apiVersions(CALLS)];

const BY_PATH = new Map(APIS.map((api) => [api.path, api]));

/** The call under a path without /api and without query. */
export function apiAt(path: string): Api | undefined {
  return BY_PATH.get(path);
}
