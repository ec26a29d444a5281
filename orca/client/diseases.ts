import type { OrcaRecord } from '../xml2.ts';
import type { Ask, CallOptions } from './call.ts';
import { child, children, fields, type GivenTexts, isTrue, text, texts, type Texts } from './fields.ts';
import { type Identity, readIdentity } from './insurance.ts';
import type { Outcome } from './outcome.ts';

const DISEASE = {
  name: 'Disease_Name',
  supplement: 'Disease_Supplement_Name',
  /** `I` in hospital, `O` out of it, empty for both */
  inOut: 'Disease_InOut',
  /** `PD` 主病名 */
  category: 'Disease_Category',
  /** `S` の疑い, `A` 急性, `SA` both */
  suspected: 'Disease_SuspectedFlag',
  start: 'Disease_StartDate',
  end: 'Disease_EndDate',
  /** Read: `F` 治ゆ, `D` 死亡, `C` 中止, `S` 移行. Written: also `O`, which deletes. */
  outcome: 'Disease_OutCome',
  karteName: 'Disease_Karte_Name',
  class: 'Disease_Class',
  combination: 'Insurance_Combination_Number',
  receiptPrint: 'Disease_Receipt_Print',
  receiptPrintPeriod: 'Disease_Receipt_Print_Period',
  insuranceDisease: 'Insurance_Disease',
  discharge: 'Discharge_Certificate',
} as const;
const WRITTEN = {
  ...DISEASE,
  code: 'Disease_Code',
  /** `1`: 労災, 自賠責, 公害, 第三者行為; the combination is needed then */
  insuranceClass: 'Disease_Insurance_Class',
  acute: 'Disease_AcuteFlag',
} as const;
const UNMATCHED = {
  code: 'Disease_Code',
  name: 'Disease_Name',
  supplement: 'Disease_Supplement_Name',
  inOut: 'Disease_InOut',
  suspected: 'Disease_SuspectedFlag',
  start: 'Disease_StartDate',
  end: 'Disease_EndDate',
  outcome: 'Disease_OutCome',
  combination: 'Insurance_Combination_Number',
} as const;
const PART = { code: 'Disease_Single_Code', name: 'Disease_Single_Name' } as const;

/** 病名 or one of its 修飾語. */
export type DiseasePart = Texts<typeof PART>;

/** There is no row number on the wire: a disease is the same by its codes, start, department, in/out and insurance. */
export interface Disease extends Texts<typeof DISEASE> {
  readonly department: string;
  readonly parts: readonly DiseasePart[];
  readonly supplements: readonly string[];
}

export interface GivenDisease extends GivenTexts<typeof WRITTEN> {
  /** Beat code and name. */
  readonly parts?: readonly GivenTexts<typeof PART>[] | undefined;
  readonly supplements?: readonly string[] | undefined;
}

export interface StoreDiseases {
  readonly patient: string;
  readonly department: string;
  readonly date: string;
  /** `YYYY-MM`: in which month `unmatched` looks. */
  readonly month?: string;
  /** At most 50. */
  readonly diseases: readonly GivenDisease[];
}

export interface StoredDiseases {
  /** Those that were not stored, or with a warning; all the others were. `place` counts from 0. */
  readonly remarks: readonly { readonly place: number; readonly code: string; readonly message: string }[];
  /** Valid in that month and not in the request: at most 50, then `areAllUnmatched` is false. */
  readonly unmatched: readonly Texts<typeof UNMATCHED>[];
  readonly areAllUnmatched: boolean;
}

export interface DiseaseCalls {
  /** diseasegetv2: those valid in the month, or with `all` also the closed ones before. At most 200: see isIncomplete. */
  list(
    request: { readonly patient: string; readonly month: string; readonly all?: boolean },
    options?: CallOptions,
  ): Promise<Outcome<{ readonly patient: Identity; readonly diseases: readonly Disease[] }>>;
  /** diseasev3. Refused with isPartlyDone where some could not be stored: the others were. */
  store(request: StoreDiseases, options?: CallOptions): Promise<Outcome<StoredDiseases>>;
}

const MOST_AT_ONCE = 50;

export function diseaseCalls(ask: Ask): DiseaseCalls {
  return {
    list: ({ patient, month, all = false }, options) =>
      ask(
        {
          name: 'diseasegetv2',
          path: '/api/api01rv2/diseasegetv2',
          query: { class: '01' },
          request: {
            root: 'disease_inforeq',
            record: { Patient_ID: patient, Base_Date: month, Select_Mode: all ? 'All' : '' },
          },
          root: 'disease_infores',
          none: ['21'],
          read: (record) => ({
            patient: readIdentity(child(record, 'Disease_Infores')),
            diseases: children(record, 'Disease_Information', readDisease),
          }),
        },
        options,
      ),
    store({ patient, department, date, month = date.slice(0, 7), diseases }, options) {
      if (diseases.length > MOST_AT_ONCE)
        throw new RangeError(`expected at most ${MOST_AT_ONCE} diseases, got ${diseases.length}`);
      return ask(
        {
          name: 'diseasev3',
          path: '/api/orca22/diseasev3',
          request: {
            root: 'diseasereq',
            record: {
              Patient_ID: patient,
              Base_Month: month,
              Perform_Date: date,
              Diagnosis_Information: { Department_Code: department },
              Disease_Information: diseases.map(diseaseRecord),
            },
          },
          root: 'diseaseres',
          read: readStored,
        },
        options,
      );
    },
  };
}

function readDisease(record: OrcaRecord): Disease {
  return {
    ...texts(record, DISEASE),
    department: text(record, 'Department_Code'),
    parts: children(record, 'Disease_Single', (each) => texts(each, PART)),
    supplements: children(record, 'Disease_Supplement_Single', (each) => text(each, 'Disease_Supplement_Single_Code')),
  };
}

function readStored(record: OrcaRecord): StoredDiseases {
  const unmatched = child(record, 'Disease_Unmatch_Information');
  return {
    remarks: children(record, 'Disease_Message_Information', readRemark),
    unmatched: children(unmatched, 'Disease_Unmatch_Info', (each) => texts(each, UNMATCHED)),
    areAllUnmatched: !isTrue(unmatched, 'Disease_Unmatch_Information_Overflow'),
  };
}

function readRemark(record: OrcaRecord): { place: number; code: string; message: string } {
  const warning = child(record, 'Disease_Warning_Info');
  return {
    place: Number(text(warning, 'Disease_Warning_Item_Position')) - 1,
    code: text(record, 'Disease_Result') || text(warning, 'Disease_Warning'),
    message: text(record, 'Disease_Result_Message') || text(warning, 'Disease_Warning_Message'),
  };
}

function diseaseRecord({ parts = [], supplements = [], ...disease }: GivenDisease): OrcaRecord {
  return {
    ...fields(WRITTEN, disease),
    Disease_Single: parts.map((part) => fields(PART, part)),
    Disease_Supplement_Single: supplements.map((code) => ({ Disease_Supplement_Single_Code: code })),
  };
}
