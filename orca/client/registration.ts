import type { OrcaRecord } from '../xml2.ts';
import type { Ask, CallOptions } from './call.ts';
import { child, children, fields, type GivenTexts, text } from './fields.ts';
import { type GivenInsurance, type Insurance, insuranceRecord, readInsurance } from './insurance.ts';
import type { Outcome } from './outcome.ts';
import { HOME, PERSON, WORK } from './person.ts';

export interface GivenPatient extends GivenTexts<typeof PERSON> {
  readonly home?: GivenTexts<typeof HOME> | undefined;
  readonly work?: GivenTexts<typeof WORK> | undefined;
  /** One at a time: the call takes no more. */
  readonly insurance?: GivenInsurance | undefined;
}

export interface StoredPatient {
  /** As the environment wrote or numbered it. */
  readonly id: string;
  readonly name: string;
  readonly insurances: readonly Insurance[];
  readonly remarks: readonly string[];
}

/** patientmodv2 */
export interface RegistrationCalls {
  /** 01. `id` is a number, or `*` for the next one: sent twice, the patient is there twice then. */
  register(request: GivenPatient, options?: CallOptions): Promise<Outcome<StoredPatient>>;
  /**
   * 02; never changes insurance. `by` says what beside the number has to agree, and so cannot be changed: the
   * `birth-and-sex`, or the `names`.
   */
  update(
    request: GivenPatient & { readonly by: 'birth-and-sex' | 'names' },
    options?: CallOptions,
  ): Promise<Outcome<StoredPatient>>;
  /** 03: only where there is nothing but the registration. */
  remove(request: GivenPatient, options?: CallOptions): Promise<Outcome<StoredPatient>>;
  /** 04: for patients without insurance, or with 自費 only. */
  addInsurance(request: GivenPatient, options?: CallOptions): Promise<Outcome<StoredPatient>>;
}

export function registrationCalls(ask: Ask): RegistrationCalls {
  const store = (
    number: '01' | '02' | '03' | '04',
    key: '1' | '2' | '',
    patient: GivenPatient,
    options?: CallOptions,
  ) =>
    ask(
      {
        name: 'patientmodv2',
        path: '/api/orca12/patientmodv2',
        query: { class: number },
        request: { root: 'patientmodreq', record: { Mod_Key: key, ...patientRecord(patient) } },
        root: 'patientmodres',
        read: readStored,
        // Adding insurance and the texts of the warnings are known in XML2 only.
        form: 'xml',
      },
      options,
    );
  return {
    register: (patient, options) => store('01', '', patient, options),
    update: ({ by, ...patient }, options) => store('02', by === 'names' ? '2' : '1', patient, options),
    remove: (patient, options) => store('03', '', patient, options),
    addInsurance: (patient, options) => store('04', '', patient, options),
  };
}

function patientRecord(patient: GivenPatient): OrcaRecord {
  return {
    ...fields(PERSON, patient),
    Home_Address_Information: fields(HOME, patient.home),
    WorkPlace_Information: fields(WORK, patient.work),
    HealthInsurance_Information: insuranceRecord(patient.insurance),
  };
}

function readStored(record: OrcaRecord): StoredPatient {
  const patient = child(record, 'Patient_Information');
  return {
    id: text(patient, PERSON.id),
    name: text(patient, PERSON.name),
    insurances: children(patient, 'HealthInsurance_Information', readInsurance),
    remarks: [1, 2, 3, 4, 5].map((place) => text(record, `Api_Warning_Message${place}`)).filter((said) => said !== ''),
  };
}
