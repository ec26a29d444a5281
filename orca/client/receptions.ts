import type { OrcaRecord } from '../xml2.ts';
import type { Ask, CallOptions } from './call.ts';
import { child, children, fields, type GivenTexts, text, texts, type Texts } from './fields.ts';
import {
  type GivenInsurance,
  type Identity,
  type Insurance,
  insuranceRecord,
  readIdentity,
  readInsurance,
} from './insurance.ts';
import type { Outcome } from './outcome.ts';

const LISTED = {
  id: 'Acceptance_Id',
  time: 'Acceptance_Time',
  department: 'Department_Code',
  departmentName: 'Department_WholeName',
  physician: 'Physician_Code',
  physicianName: 'Physician_WholeName',
  /** 診療内容 */
  content: 'Medical_Information',
} as const;
const GIVEN = {
  id: 'Acceptance_Id',
  date: 'Acceptance_Date',
  time: 'Acceptance_Time',
  patient: 'Patient_ID',
  /** For somebody who has no number yet. */
  name: 'WholeName',
  department: 'Department_Code',
  physician: 'Physician_Code',
  content: 'Medical_Information',
} as const;

export interface Reception extends Texts<typeof LISTED> {
  readonly date: string;
  /** 会計済 at; empty while waiting. */
  readonly billedAt: string;
  readonly patient: Identity;
  readonly insurance: Insurance;
}

export interface GivenReception extends GivenTexts<typeof GIVEN> {
  readonly insurance?: GivenInsurance | undefined;
  /** The `patient_accept` event for this reception. */
  readonly isAnnounced?: boolean | undefined;
}

export interface ReceptionFilter {
  readonly which: 'waiting' | 'billed' | 'all';
  /** Today where it is left out. */
  readonly date?: string;
  readonly department?: string;
  readonly physician?: string;
  /** For days with more rows than one answer holds; with `all` only. */
  readonly after?: number;
}

export interface ReceptionCalls {
  /** acceptlstv2. At most 1,500 (500 on old servers): see isIncomplete. */
  list(request: ReceptionFilter, options?: CallOptions): Promise<Outcome<readonly Reception[]>>;
  /** acceptmodv2 00: the reception, without changing anything. */
  find(request: GivenReception, options?: CallOptions): Promise<Outcome<Reception>>;
  /** acceptmodv2 01. Once more for the same day, department and insurance is refused with 16. */
  accept(request: GivenReception, options?: CallOptions): Promise<Outcome<Reception>>;
  /** acceptmodv2 02 */
  cancel(request: GivenReception, options?: CallOptions): Promise<Outcome<Reception>>;
  /** acceptmodv2 03: gives a reception without a number its patient. */
  attach(request: GivenReception, options?: CallOptions): Promise<Outcome<Reception>>;
}

const CLASSES = { waiting: '01', billed: '02', all: '03' } as const;

export function receptionCalls(ask: Ask): ReceptionCalls {
  const change = (number: '00' | '01' | '02' | '03', reception: GivenReception, options?: CallOptions) =>
    ask(
      {
        name: 'acceptmodv2',
        path: '/api/orca11/acceptmodv2',
        // Old versions go by the class alone, new ones by Request_Number; 00 and 03 are known to the new ones only.
        ...((number === '01' || number === '02') && { query: { class: number } }),
        request: {
          root: 'acceptreq',
          record: {
            Request_Number: number,
            ...fields(GIVEN, reception),
            HealthInsurance_Information: insuranceRecord(reception.insurance),
            Acceptance_Push: reception.isAnnounced === true ? 'Yes' : '',
          },
        },
        root: 'acceptres',
        read: (record) => readAccepted(record),
      },
      options,
    );
  return {
    list: ({ which, date = '', department = '', physician = '', after = 0 }, options) =>
      ask(
        {
          name: 'acceptlstv2',
          path: '/api/api01rv2/acceptlstv2',
          query: { class: CLASSES[which] },
          request: {
            root: 'acceptlstreq',
            record: {
              Acceptance_Date: date,
              Department_Code: department,
              Physician_Code: physician,
              Sel_Offset: after === 0 ? '' : String(after),
            },
          },
          root: 'acceptlstres',
          none: ['21'],
          read: (record) =>
            children(record, 'Acceptlst_Information', (each) => readListed(each, text(record, 'Acceptance_Date'))),
        },
        options,
      ),
    find: (request, options) => change('00', request, options),
    accept: (request, options) => change('01', request, options),
    cancel: (request, options) => change('02', request, options),
    attach: (request, options) => change('03', request, options),
  };
}

function readListed(record: OrcaRecord, date: string): Reception {
  return {
    ...texts(record, LISTED),
    date,
    billedAt: text(record, 'Account_Time'),
    patient: readIdentity(child(record, 'Patient_Information')),
    insurance: readInsurance(child(record, 'HealthInsurance_Information')),
  };
}

// The insurance of the reception is the first of those that the answer lists.
function readAccepted(record: OrcaRecord): Reception {
  const patient = child(record, 'Patient_Information');
  const [insurance = readInsurance({})] = children(patient, 'HealthInsurance_Information', readInsurance);
  return {
    ...texts(record, LISTED),
    date: text(record, 'Acceptance_Date'),
    billedAt: '',
    patient: readIdentity(patient),
    insurance,
  };
}
