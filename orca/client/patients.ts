import type { OrcaRecord } from '../xml2.ts';
import type { Ask, CallOptions } from './call.ts';
import { child, children, isTrue, required, texts, type Texts, amount } from './fields.ts';
import { IDENTITY, type Identity, type Insurance, readIdentity, readInsurance } from './insurance.ts';
import type { Outcome } from './outcome.ts';
import { HOME, PERSON, WORK } from './person.ts';

const SHOWN = {
  nickname: 'NickName',
  firstVisit: 'FirstVisit_Date',
  lastVisit: 'LastVisit_Date',
  admitted: 'Admission_Date',
  discharged: 'Discharge_Date',
  reduction: 'Reduction_Reason',
  discount: 'Discount',
  payment: 'Ic_Code',
  condition1: 'Condition1',
  condition2: 'Condition2',
  condition3: 'Condition3',
} as const;
const LISTED = { created: 'CreateDate', updated: 'UpdateDate', updatedTime: 'UpdateTime' } as const;

export interface Patient extends Texts<typeof PERSON>, Texts<typeof SHOWN> {
  readonly home: Texts<typeof HOME>;
  readonly work: Texts<typeof WORK>;
  readonly isTest: boolean;
  readonly isDead: boolean;
  readonly isInHospital: boolean;
  /** In the order in which the environment lists them, up to 30. */
  readonly insurances: readonly Insurance[];
}

export interface ListedPatient extends Identity, Texts<typeof LISTED> {
  readonly isTest: boolean;
}

export interface FoundPatient extends Identity {
  readonly home: Texts<typeof HOME>;
  readonly insurances: readonly Insurance[];
}

export interface PatientCalls {
  /** patientgetv2. Leading zeros of the number may be left out. */
  get(request: { readonly id: string }, options?: CallOptions): Promise<Outcome<Patient>>;
  /** patientlst1v2: who was registered, or registered or changed, from a day to a day. At most 1,000: see isIncomplete. */
  listChanged(request: ChangedPatients, options?: CallOptions): Promise<Outcome<readonly ListedPatient[]>>;
  /** patientlst2v2, at most 100 numbers. Numbers that nobody has come back in `unknown`. */
  getMany(
    request: { readonly ids: readonly string[] },
    options?: CallOptions,
  ): Promise<Outcome<{ readonly patients: readonly FoundPatient[]; readonly unknown: readonly string[] }>>;
  /** patientlst3v2: by a part of the name or of its kana. At most 100: see isIncomplete. */
  search(request: PatientSearch, options?: CallOptions): Promise<Outcome<readonly FoundPatient[]>>;
  /** patientlst6v2: all combinations, also those no longer valid. At most 200: see isIncomplete. */
  insurances(
    request: { readonly id: string; readonly on?: string },
    options?: CallOptions,
  ): Promise<Outcome<readonly Insurance[]>>;
}

export interface ChangedPatients {
  readonly what: 'changed' | 'registered';
  readonly from: string;
  readonly to: string;
  readonly withoutTests?: boolean;
}

export interface PatientSearch {
  readonly name: string;
  readonly bornFrom?: string;
  readonly bornTo?: string;
  readonly sex?: string;
}

const MOST_IDS = 100;

export function patientCalls(ask: Ask): PatientCalls {
  const list = { root: 'patientlst2res', query: { class: '01' } };
  return {
    get: ({ id }, options) =>
      ask(
        {
          name: 'patientgetv2',
          path: '/api/api01rv2/patientgetv2',
          query: { id },
          request: null,
          root: 'patientinfores',
          read: (record) => readPatient(child(record, 'Patient_Information')),
        },
        options,
      ),
    listChanged: ({ what, from, to, withoutTests = false }, options) =>
      ask(
        {
          name: 'patientlst1v2',
          path: '/api/api01rv2/patientlst1v2',
          query: { class: what === 'changed' ? '01' : '02' },
          request: {
            root: 'patientlst1req',
            record: { Base_StartDate: from, Base_EndDate: to, Contain_TestPatient_Flag: withoutTests ? '1' : '0' },
          },
          root: 'patientlst1res',
          none: ['20'],
          read: (record) => children(record, 'Patient_Information', readListed),
        },
        options,
      ),
    getMany({ ids }, options) {
      if (ids.length > MOST_IDS)
        throw new RangeError(`expected at most ${MOST_IDS} patient numbers, got ${ids.length}`);
      return ask(
        {
          ...list,
          name: 'patientlst2v2',
          path: '/api/api01rv2/patientlst2v2',
          request: {
            root: 'patientlst2req',
            record: { Patient_ID_Information: ids.map((id) => ({ Patient_ID: id })) },
          },
          read: readMany,
        },
        options,
      );
    },
    search: ({ name, bornFrom = '', bornTo = '', sex = '' }, options) =>
      ask(
        {
          ...list,
          name: 'patientlst3v2',
          path: '/api/api01rv2/patientlst3v2',
          request: {
            root: 'patientlst3req',
            record: { WholeName: name, Birth_StartDate: bornFrom, Birth_EndDate: bornTo, Sex: sex },
          },
          none: ['20'],
          cut: ['21'],
          read: (record) => children(record, 'Patient_Information', readFound),
        },
        options,
      ),
    insurances: ({ id, on = '' }, options) =>
      ask(
        {
          name: 'patientlst6v2',
          path: '/api/api01rv2/patientlst6v2',
          // The field is spelled so on the wire.
          request: { root: 'patientlst6req', record: { Reqest_Number: '01', Patient_ID: id, Base_Date: on } },
          root: 'patientlst2res',
          none: ['20'],
          cut: ['21'],
          read: (record) => children(record, 'HealthInsurance_Information', readInsurance),
        },
        options,
      ),
  };
}

function readPatient(record: OrcaRecord): Patient {
  required(record, IDENTITY.id);
  return {
    ...texts(record, PERSON),
    ...texts(record, SHOWN),
    home: texts(child(record, 'Home_Address_Information'), HOME),
    work: texts(child(record, 'WorkPlace_Information'), WORK),
    isTest: isTrue(record, 'TestPatient_Flag'),
    isDead: isTrue(record, 'Death_Flag'),
    isInHospital: isTrue(record, 'Outpatient_Class'),
    insurances: children(record, 'HealthInsurance_Information', readInsurance),
  };
}

function readListed(record: OrcaRecord): ListedPatient {
  return { ...readIdentity(record), ...texts(record, LISTED), isTest: isTrue(record, 'TestPatient_Flag') };
}

function readFound(record: OrcaRecord): FoundPatient {
  return {
    ...readIdentity(record),
    home: texts(child(record, 'Home_Address_Information'), HOME),
    insurances: children(record, 'HealthInsurance_Information', readInsurance),
  };
}

// A number that nobody has comes back as a row with a sentence for a name; everybody is born.
function readMany(record: OrcaRecord): { patients: FoundPatient[]; unknown: string[] } {
  const rows = children(record, 'Patient_Information', readFound);
  const unknown = rows.filter(({ birth }) => birth === '').map(({ id }) => id);
  const counted = amount(record, 'No_Target_Patient_Count');
  return { patients: rows.filter(({ birth }) => birth !== ''), unknown: counted === 0 ? [] : unknown };
}
