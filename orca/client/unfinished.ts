import type { OrcaRecord } from '../xml2.ts';
import { type GivenBlock, unfinishedBlockRecord } from './acts.ts';
import type { Ask, CallOptions } from './call.ts';
import { child, children, fields, type GivenTexts, text, texts, type Texts } from './fields.ts';
import { type GivenInsurance, type Identity, type Insurance } from './insurance.ts';
import { insuranceRecord, readIdentity, readInsuranceBeside } from './insurance.ts';
import type { Outcome } from './outcome.ts';

const GIVEN = {
  inOut: 'InOut',
  patient: 'Patient_ID',
  date: 'Perform_Date',
  time: 'Perform_Time',
  /** From the answer to the registration; changing and deleting need it. */
  uid: 'Medical_Uid',
} as const;
const DIAGNOSIS = { department: 'Department_Code', physician: 'Physician_Code' } as const;
const DISEASE = {
  code: 'Disease_Code',
  name: 'Disease_Name',
  inOut: 'Disease_InOut',
  category: 'Disease_Category',
  suspected: 'Disease_SuspectedFlag',
  start: 'Disease_StartDate',
  end: 'Disease_EndDate',
  outcome: 'Disease_OutCome',
} as const;

const LISTED = {
  department: 'Department_Code',
  departmentName: 'Department_Name',
  physician: 'Physician_Code',
  physicianName: 'Physician_WholeName',
  /** Empty where it was saved from a screen: such data cannot be changed by a call. */
  uid: 'Medical_Uid',
  time: 'Medical_Time',
  /** `1` open at a terminal, `5` in a conversation */
  openIn: 'Medical_Mode',
} as const;
/** 中途データ: entered, not yet a visit. */
export interface UnfinishedActs extends Texts<typeof LISTED> {
  readonly patient: Identity;
  readonly insurance: Insurance;
}

export interface GivenUnfinished extends GivenTexts<typeof GIVEN>, GivenTexts<typeof DIAGNOSIS> {
  readonly insurance?: GivenInsurance | undefined;
  /** At most 40, each of at most 40 items. */
  readonly blocks?: readonly GivenBlock[] | undefined;
  /** With a registration only. */
  readonly diseases?: readonly GivenTexts<typeof DISEASE>[] | undefined;
  /** The `receive_medicalreq` event. */
  readonly isAnnounced?: boolean | undefined;
}

export interface StoredUnfinished {
  readonly uid: string;
  readonly date: string;
  readonly time: string;
  /** Of the acts: `03` where the day's data are there already. Empty where nothing is said. */
  readonly acts: string;
  readonly diseases: string;
  readonly warnings: readonly string[];
}

export interface UnfinishedCalls {
  /** tmedicalgetv2. At most 500: see isIncomplete. */
  list(
    request: {
      readonly date: string;
      readonly patient?: string;
      readonly department?: string;
      readonly inOut?: '1' | '';
    },
    options?: CallOptions,
  ): Promise<Outcome<readonly UnfinishedActs[]>>;
  /**
   * medicalmodv2 01: acts, diseases or both as 中途データ; no visit and no slip comes of it. Refused with isPartlyDone where
   * one of the two was stored.
   */
  register(request: GivenUnfinished, options?: CallOptions): Promise<Outcome<StoredUnfinished>>;
  /** medicalmodv2 02 */
  remove(request: GivenUnfinished, options?: CallOptions): Promise<Outcome<StoredUnfinished>>;
  /** medicalmodv2 03: inpatients only. */
  replace(request: GivenUnfinished, options?: CallOptions): Promise<Outcome<StoredUnfinished>>;
  /** medicalmodv2 04: outpatients only. Sent twice, the acts are there twice. */
  append(request: GivenUnfinished, options?: CallOptions): Promise<Outcome<StoredUnfinished>>;
}

export function unfinishedCalls(ask: Ask): UnfinishedCalls {
  const change = (number: '01' | '02' | '03' | '04', acts: GivenUnfinished, options?: CallOptions) =>
    ask(
      {
        name: 'medicalmodv2',
        path: '/api/api21/medicalmodv2',
        query: { class: number },
        request: { root: 'medicalreq', record: unfinishedRecord(acts) },
        root: 'medicalres',
        read: readStored,
      },
      options,
    );
  return {
    list: ({ date, patient = '', department = '', inOut = '' }, options) =>
      ask(
        {
          name: 'tmedicalgetv2',
          path: '/api/api01rv2/tmedicalgetv2',
          request: {
            root: 'tmedicalgetreq',
            record: { Perform_Date: date, InOut: inOut, Department_Code: department, Patient_ID: patient },
          },
          root: 'tmedicalgetres',
          none: ['15'],
          read: (record) => children(record, 'Tmedical_List_Information', readUnfinished),
        },
        options,
      ),
    register: (acts, options) => change('01', acts, options),
    remove: (acts, options) => change('02', acts, options),
    replace: (acts, options) => change('03', acts, options),
    append: (acts, options) => change('04', acts, options),
  };
}

function unfinishedRecord(acts: GivenUnfinished): OrcaRecord {
  return {
    ...fields(GIVEN, acts),
    Medical_Push: acts.isAnnounced === true ? 'Yes' : '',
    Diagnosis_Information: {
      ...fields(DIAGNOSIS, acts),
      HealthInsurance_Information: insuranceRecord(acts.insurance),
      Medical_Information: (acts.blocks ?? []).map(unfinishedBlockRecord),
      Disease_Information: (acts.diseases ?? []).map((disease) => fields(DISEASE, disease)),
    },
  };
}

function readStored(record: OrcaRecord): StoredUnfinished {
  const acts = child(record, 'Medical_Message_Information');
  const diseases = child(record, 'Disease_Message_Information');
  return {
    uid: text(record, 'Medical_Uid'),
    date: text(record, 'Perform_Date'),
    time: text(record, 'Perform_Time'),
    acts: text(acts, 'Medical_Result'),
    diseases: text(diseases, 'Disease_Result'),
    warnings: [
      ...children(acts, 'Medical_Warning_Info', (each) => text(each, 'Medical_Warning')),
      ...children(diseases, 'Disease_Warning_Info', (each) => text(each, 'Disease_Warning')),
    ],
  };
}

function readUnfinished(record: OrcaRecord): UnfinishedActs {
  return {
    ...texts(record, LISTED),
    patient: readIdentity(child(record, 'Patient_Information')),
    insurance: readInsuranceBeside(record),
  };
}
