import type { OrcaRecord } from '../../orca/xml2.ts';
import type { Disease } from '../clinic/diseases.ts';
import type { Clinic } from '../clinic/open.ts';
import { recordsOf, textOf } from '../draft.ts';
import { diseaseName } from '../masters.ts';

export type WishedDisease = Omit<Disease, 'id'>;

const KEPT = [
  'Disease_Category',
  'Disease_Supplement_Name',
  'Disease_Karte_Name',
  'Disease_Class',
  'Disease_Receipt_Print',
  'Disease_Receipt_Print_Period',
] as const;
/** What a request's outcome is stored as. */
const OUTCOMES: Readonly<Record<string, string>> = {
  D: 'D',
  F: 'F',
  N: 'C',
  R: 'C',
  S: 'S',
  U: 'C',
  W: 'C',
  P: 'C',
  C: 'C',
};

/** A disease as a request describes it. Single parts beat the joined code, a code beats a name. */
export function wishedDisease(sent: OrcaRecord, ptid: number, department: string, today: string): WishedDisease {
  const singles = recordsOf(sent, 'Disease_Single').map((each) => ({
    code: textOf(each, 'Disease_Single_Code'),
    name: textOf(each, 'Disease_Single_Name'),
  }));
  const joined = textOf(sent, 'Disease_Code');
  const codes = singles.length > 0 ? singles.map((each) => each.code) : joined.split('.').filter((code) => code !== '');
  const names = codes.map((code, index) => diseaseName(code) ?? singles[index]?.name ?? '');
  const kept = Object.fromEntries(
    KEPT.map((name) => [name, textOf(sent, name)]).filter(([, value]) => value && value !== 'None'),
  );
  const outcome = textOf(sent, 'Disease_OutCome');
  const combination = textOf(sent, 'Insurance_Combination_Number');
  return {
    ptid,
    department,
    inOut: textOf(sent, 'Disease_InOut'),
    combination: combination === 'None' ? '' : combination,
    code: codes.join('.'),
    name: textOf(sent, 'Disease_Name') || names.join(''),
    suspected: textOf(sent, 'Disease_SuspectedFlag'),
    start: textOf(sent, 'Disease_StartDate') || today,
    end: textOf(sent, 'Disease_EndDate'),
    outcome: OUTCOMES[outcome] ?? (outcome === '' || outcome === 'O' ? '' : 'F'),
    content: {
      ...kept,
      Disease_Single: codes.map((code, index) => ({
        Disease_Single_Code: code,
        Disease_Single_Name: names[index] ?? '',
      })),
    },
  };
}

/** The stored disease that this one is: the same name (or code) from the same day on. */
export function sameDisease(clinic: Clinic, wished: WishedDisease): Disease | undefined {
  return clinic.diseases.ofPatient(wished.ptid).find((each) => isSameName(each, wished) && each.start === wished.start);
}

export function isSameName(one: Pick<Disease, 'code' | 'name'>, other: Pick<Disease, 'code' | 'name'>): boolean {
  return one.code !== '' && other.code !== '' ? one.code === other.code : one.name === other.name;
}

/** Stores a disease, or changes the stored one. In hospital and out of it are told apart: an O beside an I is one more. */
export function storeDisease(clinic: Clinic, wished: WishedDisease): 'added' | 'changed' {
  const stored = sameDisease(clinic, wished);
  if (stored === undefined || (stored.inOut === 'I' && wished.inOut === 'O')) {
    clinic.diseases.add(wished);
    return 'added';
  }
  clinic.diseases.change(stored.id, wished);
  return 'changed';
}
