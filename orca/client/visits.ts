import type { OrcaRecord } from '../xml2.ts';
import { type ActBlock, readPerformedBlock } from './acts.ts';
import type { Ask, CallOptions } from './call.ts';
import { child, children, fields, type GivenTexts, required, text, texts, type Texts, amount } from './fields.ts';
import { type Identity, type Insurance, readIdentity, readInsuranceBeside } from './insurance.ts';
import type { Outcome } from './outcome.ts';

const DEPARTMENT = { department: 'Department_Code', departmentName: 'Department_Name' } as const;
const LISTED = {
  ...DEPARTMENT,
  physician: 'Physician_Code',
  physicianName: 'Physician_WholeName',
  updated: 'Update_Date',
  updatedTime: 'Update_Time',
  patientUpdated: 'Patient_Update_Date',
  patientUpdatedTime: 'Patient_Update_Time',
} as const;
const HISTORY = {
  ...DEPARTMENT,
  date: 'Perform_Date',
  created: 'CreateDate',
  updated: 'UpdateDate',
  updatedTime: 'UpdateTime',
} as const;
const ACTS = {
  department: 'Department_Code',
  combination: 'Insurance_Combination_Number',
  invoice: 'Invoice_Number',
} as const;

/** 受診: one row of a day's list. */
export interface ListedVisit extends Texts<typeof LISTED> {
  readonly patient: Identity;
  /** 伝票番号: of this environment; a visit that is registered anew gets another. */
  readonly invoice: string;
  /** 連番 within patient, day and department. */
  readonly sequence: number;
  readonly insurance: Insurance;
}

export interface PastVisit extends Texts<typeof HISTORY> {
  /** Empty for inpatients. */
  readonly invoice: string;
  readonly sequence: number;
  readonly insurance: Insurance;
}

/** What was done in one visit, per insurance. */
export interface Performed extends Texts<typeof DEPARTMENT> {
  readonly patient: Identity;
  readonly date: string;
  readonly sequence: number;
  readonly slips: readonly {
    readonly invoice: string;
    readonly insurance: Insurance;
    readonly blocks: readonly ActBlock[];
  }[];
}

export interface ActsOf extends GivenTexts<typeof ACTS> {
  readonly patient: string;
  readonly date: string;
  readonly inOut?: 'I' | '';
  readonly sequence?: number;
}

export interface VisitCalls {
  /** visitptlstv2 01: the outpatients of a day, by slip. At most 1,000: see isIncomplete. */
  list(
    request: { readonly date: string; readonly department?: string },
    options?: CallOptions,
  ): Promise<Outcome<readonly ListedVisit[]>>;
  /** visitptlstv2 02: who came on which days of a month (`YYYY-MM`) to one department. */
  calendar(
    request: { readonly month: string; readonly department: string },
    options?: CallOptions,
  ): Promise<Outcome<readonly { readonly patient: Identity; readonly days: readonly number[] }[]>>;
  /** medicalgetv2 01: newest first. `months` back from the day's month, 99 for all. At most 150: see isIncomplete. */
  history(
    request: { readonly patient: string; readonly date: string; readonly months?: number; readonly inOut?: 'I' | '' },
    options?: CallOptions,
  ): Promise<Outcome<readonly PastVisit[]>>;
  /** medicalgetv2 02: by slip, or by department and sequence with or without the insurance. */
  acts(request: ActsOf, options?: CallOptions): Promise<Outcome<Performed>>;
}

const VISITS = { name: 'visitptlstv2', path: '/api/api01rv2/visitptlstv2', none: ['13'] } as const;
const MEDICAL = { name: 'medicalgetv2', path: '/api/api01rv2/medicalgetv2' } as const;

export function visitCalls(ask: Ask): VisitCalls {
  return {
    list: ({ date, department = '' }, options) =>
      ask(
        {
          ...VISITS,
          request: {
            root: 'visitptlstreq',
            record: { Request_Number: '01', Visit_Date: date, Department_Code: department },
          },
          root: 'visitptlst01res',
          read: (record) => children(record, 'Visit_List_Information', readListed),
        },
        options,
      ),
    calendar: ({ month, department }, options) =>
      ask(
        {
          ...VISITS,
          request: {
            root: 'visitptlstreq',
            record: { Request_Number: '02', Visit_Date: month, Department_Code: department },
          },
          root: 'visitptlst02res',
          read: (record) => children(record, 'Visit_List_Information', readDays),
        },
        options,
      ),
    history: ({ patient, date, months = 1, inOut = '' }, options) =>
      ask(
        {
          ...MEDICAL,
          query: { class: '01' },
          request: {
            root: 'medicalgetreq',
            record: { InOut: inOut, Patient_ID: patient, Perform_Date: date, For_Months: String(months) },
          },
          root: 'medicalget01res',
          none: ['15'],
          read: (record) => children(record, 'Medical_List_Information', readPast),
        },
        options,
      ),
    acts: ({ patient, date, inOut = '', sequence, ...which }, options) =>
      ask(
        {
          ...MEDICAL,
          query: { class: '02' },
          request: {
            root: 'medicalgetreq',
            record: {
              InOut: inOut,
              Patient_ID: patient,
              Perform_Date: date,
              Medical_Information: {
                ...fields(ACTS, which),
                Sequential_Number: sequence === undefined ? '' : String(sequence),
              },
            },
          },
          root: 'medicalget02res',
          read: readPerformed,
        },
        options,
      ),
  };
}

function readListed(record: OrcaRecord): ListedVisit {
  return {
    ...texts(record, LISTED),
    patient: readIdentity(child(record, 'Patient_Information')),
    invoice: required(record, 'Voucher_Number'),
    sequence: amount(record, 'Sequential_Number'),
    insurance: readInsuranceBeside(record),
  };
}

function readDays(record: OrcaRecord): { patient: Identity; days: number[] } {
  const days = Array.from(text(record, 'Visit_Calendar')).flatMap((mark, index) => (mark === '1' ? [index + 1] : []));
  return { patient: readIdentity(child(record, 'Patient_Information')), days };
}

function readPast(record: OrcaRecord): PastVisit {
  return {
    ...texts(record, HISTORY),
    invoice: text(record, 'Invoice_Number'),
    sequence: amount(record, 'Sequential_Number'),
    insurance: readInsuranceBeside(record),
  };
}

function readPerformed(record: OrcaRecord): Performed {
  return {
    ...texts(record, DEPARTMENT),
    patient: readIdentity(child(record, 'Patient_Information')),
    date: text(record, 'Perform_Date'),
    sequence: amount(record, 'Sequential_Number'),
    slips: children(record, 'Medical_List_Information', (each) => ({
      invoice: text(each, 'Invoice_Number'),
      insurance: readInsuranceBeside(each),
      blocks: children(each, 'Medical_Information', readPerformedBlock),
    })),
  };
}
