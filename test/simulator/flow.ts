import { equal, match } from 'node:assert/strict';
import type { Simulator } from '../../simulator/server.ts';
import { at, post, type Answered } from './client.ts';

export const DATE = '2026-04-13';
export const KARTE = { Karte_Uid: 'karte-1' };
export const FEE = {
  Medical_Class: '120',
  Medical_Class_Number: '1',
  Medication_Info: [{ Medication_Code: '112007410' }],
};

export async function step(orca: Simulator, number: 31 | 32 | 33 | 34 | 37, record: object): Promise<Answered> {
  return post(orca, `/api21/medicalmodv${number}`, `medicalv3req${number - 30}`, { ...KARTE, ...record });
}

export const diagnosis = (more: object = {}): object => ({
  Department_Code: '01',
  Physician_Code: '10001',
  HealthInsurance_Information: { Insurance_Combination_Number: '0001' },
  ...more,
});

export async function begin(orca: Simulator, patient = '3'): Promise<string> {
  const answer = await step(orca, 31, {
    Request_Number: '01',
    Patient_ID: patient,
    Perform_Date: DATE,
    Diagnosis_Information: diagnosis({ Medical_Information: { OffTime: '0', Doctors_Fee: '02' } }),
  });
  match(at(answer.record, 'Api_Result'), /^(000|W00)$/);
  equal(at(answer.record, 'Response_Number'), '02');
  return at(answer.record, 'Orca_Uid');
}

/** 31 → 32 → 33 to the end; gives the last answer. */
export async function wholeVisit(orca: Simulator, patient = '3', blocks: readonly object[] = [FEE]): Promise<Answered> {
  const Orca_Uid = await begin(orca, patient);
  return goOn(orca, { Orca_Uid, Patient_ID: patient, Perform_Date: DATE }, blocks);
}

export async function goOn(orca: Simulator, named: object, blocks: readonly object[]): Promise<Answered> {
  const acts = {
    Diagnosis_Information: diagnosis({ Outside_Class: 'False', Medical_Information: { Medical_Info: blocks } }),
  };
  equal(at((await step(orca, 32, { Request_Number: '02', ...named, ...acts })).record, 'Response_Number'), '03');
  equal(at((await step(orca, 32, { Request_Number: '03', ...named })).record, 'Response_Number'), '04');
  const bill = await step(orca, 33, { Request_Number: '04', ...named });
  equal(at(bill.record, 'Response_Number'), '05');
  return step(orca, 33, { Request_Number: '05', ...named });
}

export async function visitsOf(orca: Simulator): Promise<Answered> {
  return post(orca, '/api01rv2/visitptlstv2', 'visitptlstreq', { Request_Number: '01', Visit_Date: DATE });
}

export function acts(
  more: object = {},
  fee: object = { Medical_Class: '120', Medication_info: [{ Medication_Code: '112007410' }] },
): object {
  return {
    Patient_ID: '3',
    Perform_Date: DATE,
    Diagnosis_Information: diagnosis({ Medical_Information: [fee], ...more }),
  };
}

export async function send(orca: Simulator, kind: string, record: object): Promise<Answered> {
  return post(orca, `/api21/medicalmodv2?class=${kind}`, 'medicalreq', record);
}
