import type { OrcaRecord } from '../../orca/xml2.ts';
import { rateOf, type Combination } from '../clinic/insurances.ts';
import { pick, recordsOf, textOf, type Draft } from '../draft.ts';
import { fullWidthDigits, money } from '../text.ts';

const PERSON = [
  'HealthInsuredPerson_Symbol',
  'HealthInsuredPerson_Number',
  'HealthInsuredPerson_Branch_Number',
  'HealthInsuredPerson_Continuation',
  'HealthInsuredPerson_Assistance',
] as const;
const CERTIFICATE = ['Certificate_StartDate', 'Certificate_ExpiredDate'] as const;
export const INSURANCE_FIELDS = [
  'InsuranceProvider_Class',
  'InsuranceProvider_Number',
  'InsuranceProvider_WholeName',
  ...PERSON,
  'RelationToInsuredPerson',
  'HealthInsuredPerson_WholeName',
  ...CERTIFICATE,
  'Certificate_GetDate',
] as const;
const BRIEF_PUBLIC = [
  'PublicInsurance_Class',
  'PublicInsurance_Name',
  'PublicInsurer_Number',
  'PublicInsuredPerson_Number',
] as const;
export const PUBLIC_FIELDS = [...BRIEF_PUBLIC, 'Certificate_IssuedDate', 'Certificate_ExpiredDate'] as const;

/** Rates are written with two decimals: 0.30. */
export function rateText(rate: number): string {
  return rate.toFixed(2);
}

function publicRate(each: OrcaRecord): number {
  return textOf(each, 'PublicInsurance_Class') === '010' ? 0.05 : 0;
}

function fullPublic(each: OrcaRecord): Draft {
  return {
    ...pick(each, BRIEF_PUBLIC),
    Rate_Admission: rateText(publicRate(each)),
    Money_Admission: money(0, 6),
    Rate_Outpatient: rateText(publicRate(each)),
    Money_Outpatient: money(0, 6),
    ...pick(each, ['Certificate_IssuedDate', 'Certificate_ExpiredDate']),
  };
}

function assistanceName(insurance: OrcaRecord): string {
  const assistance = textOf(insurance, 'HealthInsuredPerson_Assistance');
  return assistance === '' ? '' : `${fullWidthDigits(assistance)}割`;
}

/** As the patient's own record shows it. */
export function patientInsurance(combination: Combination): Draft {
  const { insurance, publics } = combination;
  return {
    Insurance_Combination_Number: combination.number,
    InsuranceCombination_Rate_Admission: rateText(rateOf(combination)),
    InsuranceCombination_Rate_Outpatient: rateText(rateOf(combination)),
    Insurance_Nondisplay: combination.nondisplay,
    ...pick(insurance, [
      'InsuranceProvider_Class',
      'InsuranceProvider_Number',
      'InsuranceProvider_WholeName',
      ...PERSON,
    ]),
    HealthInsuredPerson_Assistance_Name: assistanceName(insurance),
    ...pick(insurance, ['RelationToInsuredPerson', 'HealthInsuredPerson_WholeName', ...CERTIFICATE]),
    ...pick(insurance, ['Certificate_GetDate', 'Insurance_CheckDate']),
    PublicInsurance_Information: publics.map(fullPublic),
  };
}

/** As receptions and registrations show it. */
export function usedInsurance(combination: Combination): Draft {
  return {
    Insurance_Combination_Number: combination.number,
    Insurance_Nondisplay: combination.nondisplay,
    ...insuranceWithPublics(combination),
  };
}

/** As an answer to a registration of acts shows it: with neither 非表示 nor the day it was obtained. */
export function insuranceWithPublics(combination: Combination): Draft {
  return {
    ...pick(combination.insurance, INSURANCE_FIELDS),
    PublicInsurance_Information: combination.publics.map(fullPublic),
  };
}

const BY_NUMBER = ['InsuranceProvider_Class', 'InsuranceProvider_Number', 'InsuranceProvider_WholeName'] as const;
const BY_NAME = ['InsuranceProvider_Class', 'InsuranceProvider_WholeName', 'InsuranceProvider_Number'] as const;
const NAMED = [
  'HealthInsuredPerson_Symbol',
  'HealthInsuredPerson_Number',
  'HealthInsuredPerson_Branch_Number',
] as const;
/** As lists of patients show it: there the name stands before the number. */
export const LISTED_INSURANCE_FIELDS = [...BY_NAME, ...INSURANCE_FIELDS.slice(BY_NUMBER.length)] as const;

/** As the account and the steps of a conversation show it: there the number stands first. */
export function accountInsurance({ insurance, publics }: Combination): Draft {
  return { ...pick(insurance, [...BY_NUMBER, ...NAMED]), ...briefPublics(publics) };
}

export function briefPublics(publics: readonly OrcaRecord[]): Draft {
  return { PublicInsurance_Information: publics.map((each) => pick(each, BRIEF_PUBLIC)) };
}

/** As lists of visits show it. */
export function briefInsurance({ insurance, publics }: Combination): Draft {
  return { ...pick(insurance, [...BY_NAME, ...NAMED]), ...briefPublics(publics) };
}

const MATCHED = ['InsuranceProvider_Class', 'InsuranceProvider_Number', 'HealthInsuredPerson_Number'] as const;

/** What a request asks to be paid by, looked for among what the patient has: by number, else by content. */
export type Found =
  | { readonly kind: 'found'; readonly combination: Combination }
  | { readonly kind: 'none'; readonly because: 'not-given' | 'number' | 'insurance' | 'public' | 'together' };

export function findCombination(combinations: readonly Combination[], asked: OrcaRecord): Found {
  const number = textOf(asked, 'Insurance_Combination_Number');
  if (number !== '') {
    const combination = combinations.find((each) => Number(each.number) === Number(number));
    return combination ? { kind: 'found', combination } : { kind: 'none', because: 'number' };
  }
  const publics = recordsOf(asked, 'PublicInsurance_Information');
  if (textOf(asked, 'InsuranceProvider_Class') === '' && publics.length === 0)
    return { kind: 'none', because: 'not-given' };
  const insured = combinations.filter((each) => agrees(each.insurance, asked, MATCHED));
  if (insured.length === 0) return { kind: 'none', because: 'insurance' };
  const combination = insured.find((each) => samePublics(each.publics, publics));
  if (combination) return { kind: 'found', combination };
  const known = insured.flatMap((each) => each.publics);
  const areKnown = publics.every((each) => known.some((other) => agrees(other, each, BRIEF_PUBLIC)));
  return { kind: 'none', because: areKnown ? 'together' : 'public' };
}

function samePublics(held: readonly OrcaRecord[], asked: readonly OrcaRecord[]): boolean {
  return held.length === asked.length && asked.every((each) => held.some((other) => agrees(other, each, BRIEF_PUBLIC)));
}

function agrees(held: OrcaRecord, asked: OrcaRecord, names: readonly string[]): boolean {
  return names.every((name) => textOf(asked, name) === '' || textOf(asked, name) === textOf(held, name));
}
