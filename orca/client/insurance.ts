import type { OrcaRecord } from '../xml2.ts';
import { child, children, fields, type GivenTexts, text, texts, type Texts, amount } from './fields.ts';

/** Who a patient is; the same five fields in every answer. */
export const IDENTITY = {
  id: 'Patient_ID',
  name: 'WholeName',
  kana: 'WholeName_inKana',
  birth: 'BirthDate',
  sex: 'Sex',
} as const;
export type Identity = Texts<typeof IDENTITY>;

const INSURANCE = {
  /** 保険組合せ番号: of this patient in this environment, by order of registration. The same insurance has another elsewhere. */
  combination: 'Insurance_Combination_Number',
  /** 保険の種類: `060` 国保, `980` 自費, … */
  class: 'InsuranceProvider_Class',
  provider: 'InsuranceProvider_Number',
  providerName: 'InsuranceProvider_WholeName',
  symbol: 'HealthInsuredPerson_Symbol',
  number: 'HealthInsuredPerson_Number',
  branch: 'HealthInsuredPerson_Branch_Number',
  continuation: 'HealthInsuredPerson_Continuation',
  assistance: 'HealthInsuredPerson_Assistance',
  relation: 'RelationToInsuredPerson',
  insured: 'HealthInsuredPerson_WholeName',
  start: 'Certificate_StartDate',
  end: 'Certificate_ExpiredDate',
  obtained: 'Certificate_GetDate',
} as const;
const SHOWN = {
  /** `O` not for outpatients, `I` not for inpatients, `N` shown everywhere */
  nondisplay: 'Insurance_Nondisplay',
  checked: 'Insurance_CheckDate',
  /** `0.30` */
  rateOutpatient: 'InsuranceCombination_Rate_Outpatient',
  rateAdmission: 'InsuranceCombination_Rate_Admission',
} as const;
const PUBLIC = {
  class: 'PublicInsurance_Class',
  name: 'PublicInsurance_Name',
  insurer: 'PublicInsurer_Number',
  number: 'PublicInsuredPerson_Number',
  issued: 'Certificate_IssuedDate',
  end: 'Certificate_ExpiredDate',
} as const;

/** 公費 */
export type PublicInsurance = Texts<typeof PUBLIC> & { readonly moneyOutpatient: number };

/** One 保険組合せ: an insurance and up to four 公費. */
export interface Insurance extends Texts<typeof INSURANCE>, Texts<typeof SHOWN> {
  readonly publics: readonly PublicInsurance[];
  /** 労災・自賠責 as they came; empty for all others. */
  readonly accident: OrcaRecord;
}

/** An insurance as a request names it: by its combination number here, or by its content. */
export interface GivenInsurance extends GivenTexts<typeof INSURANCE> {
  readonly publics?: readonly GivenTexts<typeof PUBLIC>[] | undefined;
}

export function readInsurance(record: OrcaRecord): Insurance {
  return {
    ...texts(record, INSURANCE),
    ...texts(record, SHOWN),
    publics: children(record, 'PublicInsurance_Information', (each) => ({
      ...texts(each, PUBLIC),
      moneyOutpatient: amount(each, 'Money_Outpatient'),
    })),
    accident: child(record, 'Accident_Insurance_Information'),
  };
}

/** Lists of visits have the combination number beside the insurance, not in it. */
export function readInsuranceBeside(record: OrcaRecord): Insurance {
  const within = readInsurance(child(record, 'HealthInsurance_Information'));
  return { ...within, combination: text(record, INSURANCE.combination) || within.combination };
}

export function insuranceRecord(insurance: GivenInsurance | undefined): OrcaRecord {
  return {
    ...fields(INSURANCE, insurance),
    PublicInsurance_Information: (insurance?.publics ?? []).map((each) => fields(PUBLIC, each)),
  };
}

export function readIdentity(record: OrcaRecord): Identity {
  return texts(record, IDENTITY);
}
