import type { OrcaRecord } from '../../orca/xml2.ts';
import { addDays, ageOn, localTime } from '../clock.ts';
import { DISEASES, INSURERS, type HealthInsurer } from '../masters.ts';
import type { Random } from '../random.ts';
import { fullWidthDigits, zeroPadded } from '../text.ts';
import { FAMILY_NAMES, GIVEN_NAMES, OCCUPATIONS, TOWNS } from './names.ts';
import type { Clinic } from './open.ts';
import type { PatientFields } from './patients.ts';

export interface Population {
  readonly count: number;
  /** Digits of a patient number. */
  readonly width: number;
  /** Nine in ten were registered before the history begins. */
  readonly historyDays: number;
  readonly today: string;
}

/** Registers so many fictional patients, in the order of their numbers. The same numbers drawn give the same people. */
export function addPeople(clinic: Clinic, random: Random, { count, width, historyDays, today }: Population): void {
  for (let serial = 1; serial <= count; serial++) {
    const fields = person(random, zeroPadded(serial, width), today, serial === count);
    const isOld = serial <= count * 0.9;
    const daysAgo = Math.floor(((count - serial) * (isOld ? 1000 : historyDays)) / count) + random.below(30);
    const created = addDays(today, -1 - daysAgo - (isOld ? historyDays : 0));
    const time = `${zeroPadded(9 + random.below(8), 2)}:${zeroPadded(random.below(60), 2)}:${zeroPadded(random.below(60), 2)}`;
    clinic.patients.add(serial, fields, { ...localTime(new Date(0)), date: created, time });
    const { insurance, publics } = insured(random, fields, created, today);
    clinic.insurances.add(serial, insurance, publics);
    addDiseases(clinic, random, serial, created);
  }
  clinic.counters.set('patientSerial', count);
}

function person(random: Random, number: string, today: string, isTest: boolean): PatientFields {
  const sex = random.chance(0.52) ? '2' : '1';
  const [family, familyKana] = random.pick(FAMILY_NAMES);
  const [given, givenKana] = random.pick(GIVEN_NAMES[sex]);
  const birth = addDays(today, -365 * (1 + random.below(92)) - random.below(365));
  const [town, zip] = random.pick(TOWNS);
  const house = fullWidthDigits(`${1 + random.below(9)}－${1 + random.below(30)}－${1 + random.below(20)}`);
  const isChild = ageOn(birth, today) < 18;
  const [head] = isChild ? random.pick(GIVEN_NAMES['1']) : [given];
  return {
    number,
    name: `${family}　${given}`,
    kana: `${familyKana}　${givenKana}`,
    birth,
    sex,
    test: isTest ? '1' : '0',
    content: {
      HouseHolder_WholeName: `${family}　${head}`,
      Relationship: isChild ? '子' : '本人',
      Occupation: isChild ? '学生' : random.pick(OCCUPATIONS),
      Home_Address_Information: {
        Address_ZipCode: zip,
        WholeAddress1: `架空県見本市${town}`,
        WholeAddress2: house,
        PhoneNumber1: `00-0000-${zeroPadded(random.below(10000), 4)}`,
      },
      ...(random.chance(0.1) ? { Allergy1: '試験花粉' } : {}),
    },
  };
}

function insured(
  random: Random,
  fields: PatientFields,
  created: string,
  today: string,
): { insurance: OrcaRecord | undefined; publics: readonly OrcaRecord[] } {
  const age = ageOn(fields.birth, today);
  const draw = random.next();
  const from = addDays(created, -random.below(400));
  if (draw < 0.02) return { insurance: undefined, publics: [] };
  const insurer = insurerFor(age, random);
  const symbol = fullWidthDigits(zeroPadded(random.below(1000), 3));
  const number = fullWidthDigits(zeroPadded(1 + random.below(9_999_998), 7));
  const insurance: OrcaRecord = {
    InsuranceProvider_Class: insurer.class,
    InsuranceProvider_Number: insurer.number,
    InsuranceProvider_WholeName: insurer.name,
    ...(insurer.class === '039' ? {} : { HealthInsuredPerson_Symbol: symbol }),
    HealthInsuredPerson_Number: number,
    HealthInsuredPerson_Branch_Number: '00',
    HealthInsuredPerson_Assistance: age >= 75 ? '1' : age < 6 || age >= 70 ? '2' : '3',
    RelationToInsuredPerson: age < 18 ? '2' : '1',
    HealthInsuredPerson_WholeName: textOfHead(fields),
    Certificate_StartDate: from,
    Certificate_ExpiredDate: '9999-12-31',
    Insurance_CheckDate: created,
  };
  return { insurance, publics: draw < 0.1 ? [publicInsurance(random, from)] : [] };
}

function insurerFor(age: number, random: Random): HealthInsurer {
  if (age >= 75) return INSURERS.elderly;
  return random.pick([INSURERS.national, INSURERS.national, INSURERS.association, INSURERS.union]);
}

const PUBLIC_INSURERS = [
  ['054', '54130016', '難病'],
  ['051', '51130019', '特定負有'],
  ['010', '10130018', '感３７の２'],
] as const;

function publicInsurance(random: Random, from: string): OrcaRecord {
  const [kind, insurer, name] = random.pick(PUBLIC_INSURERS);
  return {
    PublicInsurance_Class: kind,
    PublicInsurance_Name: name,
    PublicInsurer_Number: insurer,
    PublicInsuredPerson_Number: zeroPadded(random.below(9_999_999), 7),
    Certificate_IssuedDate: from,
    Certificate_ExpiredDate: '9999-12-31',
  };
}

function textOfHead(fields: PatientFields): string {
  const head = fields.content['HouseHolder_WholeName'];
  return typeof head === 'string' ? head : fields.name;
}

function addDiseases(clinic: Clinic, random: Random, ptid: number, created: string): void {
  const count = random.below(4);
  const first = random.below(DISEASES.length);
  for (let index = 0; index < count; index++) {
    const disease = DISEASES[(first + index) % DISEASES.length] ?? DISEASES[0];
    const start = addDays(created, index * 20);
    const isOver = random.chance(0.3);
    clinic.diseases.add({
      ptid,
      department: '01',
      inOut: '',
      combination: '',
      code: disease.code,
      name: disease.name,
      suspected: random.chance(0.1) ? 'S' : '',
      start,
      end: isOver ? addDays(start, 14) : '',
      outcome: isOver ? 'F' : '',
      content: { Disease_Single: [{ Disease_Single_Code: disease.code, Disease_Single_Name: disease.name }] },
    });
  }
}
