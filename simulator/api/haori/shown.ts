import { charge } from '../../clinic/history.ts';
import { rateOf, type Combination } from '../../clinic/insurances.ts';
import type { ActBlock } from '../../clinic/visits.ts';
import { pick, type Draft } from '../../draft.ts';
import { departmentName, physicianName } from '../../masters.ts';
import { fullWidthDigits } from '../../text.ts';
import { identity, type Call } from '../call.ts';
import { accountInsurance, briefPublics } from '../insurance.ts';
import type { Conversation } from './conversation.ts';

export function where(conversation: Pick<Conversation, 'department' | 'physician'>): Draft {
  return {
    Department_Code: conversation.department,
    Department_Name: departmentName(conversation.department),
    Physician_Code: conversation.physician,
    Physician_WholeName: physicianName(conversation.physician),
  };
}

/** The insurance as steps after the first show it: with the share in three characters. */
export function insuranceOf(combination: Combination | undefined, number: string): Draft {
  if (combination === undefined) return { Insurance_Combination_Number: number };
  const { HealthInsuredPerson_Assistance: assistance } = combination.insurance;
  return {
    Insurance_Combination_Number: combination.number,
    Insurance_Combination_Rate: rateOf(combination).toFixed(1),
    ...accountInsurance({ ...combination, publics: [] }),
    ...pick(combination.insurance, ['HealthInsuredPerson_Continuation', 'HealthInsuredPerson_Assistance']),
    HealthInsuredPerson_Assistance_Name: typeof assistance === 'string' ? `${fullWidthDigits(assistance)}割` : '',
    ...pick(combination.insurance, ['RelationToInsuredPerson']),
    ...briefPublics(combination.publics),
  };
}

export function patientOf(call: Call, conversation: Conversation): Draft {
  const patient = call.clinic.patients.bySerial(conversation.ptid);
  const combination = call.clinic.insurances.combination(conversation.ptid, conversation.combination);
  return {
    ...(patient && identity(patient)),
    HealthInsurance_Information: insuranceOf(combination, conversation.combination),
  };
}

export function blockShown(block: ActBlock): Draft {
  return {
    Medical_Class_Group: block.class.slice(0, 2),
    Medical_Class: block.class,
    Medical_Class_Name: block.name,
    Medical_Class_Number: block.count,
    Medical_Point: String(block.points),
    Medication_Info: block.items.map((item) => ({
      Medication_Code: item.code,
      Medication_Name: item.name,
      Medication_Number: item.number,
      Medication_Unit_Code: item.unit,
      Medication_Unit_Code_Name: item.unitName,
    })),
  };
}

/** What one slip costs the patient, in yen; without any insurance it is all. */
export function costOf(call: Call, ptid: number, combination: string, points: number): number {
  const paidBy = call.clinic.insurances.combination(ptid, combination);
  return charge(points, paidBy ? rateOf(paidBy) : 1);
}
