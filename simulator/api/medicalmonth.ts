import type { Patient } from '../clinic/patients.ts';
import type { ActBlock, Visit } from '../clinic/visits.ts';
import { recordOf, textOf, type Draft } from '../draft.ts';
import { className, departmentName } from '../masters.ts';
import { zeroPadded } from '../text.ts';
import type { Answer, Call } from './call.ts';
import { briefInsurance } from './insurance.ts';
import { calendar } from './visitptlst.ts';

/** A request of medicalgetv2 whose patient and day are known. */
export interface Asked {
  readonly root: string;
  readonly patient: Patient;
  readonly date: string;
  readonly inOut: string;
  /** What an answer begins with, where all went well. */
  readonly start: Draft;
  readonly refuse: (code: string, message: string) => Answer;
}

export function paidBy(call: Call, visit: Visit): Draft {
  const combination = call.clinic.insurances.combination(visit.ptid, visit.combination);
  return {
    Insurance_Combination_Number: visit.combination,
    HealthInsurance_Information: combination && briefInsurance(combination),
  };
}

function monthOf(call: Call, { patient, date, inOut }: Asked): readonly Visit[] {
  const month = date.slice(0, 7);
  return call.clinic.visits
    .ofPatient(patient.ptid, `${month}-01`, `${month}-31`, 1000)
    .filter((visit) => visit.inOut === inOut);
}

/** 03: the month, code by code. */
export function perCode(call: Call, asked: Asked): Answer {
  const codes = new Map<string, { class: string; name: string; days: Map<number, number> }>();
  for (const visit of monthOf(call, asked)) {
    const day = Number(visit.date.slice(8));
    for (const block of call.clinic.visits.blocks(visit.slip)) {
      for (const item of block.items) {
        const row = codes.get(item.code) ?? { class: block.class, name: item.name, days: new Map<number, number>() };
        row.days.set(day, (row.days.get(day) ?? 0) + (Number(block.count) || 1));
        codes.set(item.code, row);
      }
    }
  }
  if (codes.size === 0) return asked.refuse('15', '対象がありません');
  const rows = [...codes].sort(([, one], [, other]) => one.class.localeCompare(other.class));
  return {
    root: asked.root,
    record: {
      ...asked.start,
      Perform_Date: asked.date.slice(0, 7),
      Medical_List_Information: rows.slice(0, 400).map(([code, { class: kind, name, days }]) => ({
        Medical_Class: kind.slice(0, 2),
        Medical_Class_Name: className(kind),
        Medication_Code: code,
        Medication_Name: name,
        Perform_Total_Number: zeroPadded(days.size, 2),
        Perform_Calendar: calendar(new Set(days.keys())),
        Perform_Day_Information: [...days]
          .sort(([one], [other]) => one - other)
          .map(([day, times]) => ({ Perform_Day: zeroPadded(day, 2), Perform_Day_Number: String(times) })),
      })),
    },
  };
}

/** 04: the month, class by class. */
export function perClass(call: Call, asked: Asked): Answer {
  const department = textOf(recordOf(call.record, 'Medical_Information'), 'Department_Code');
  const visits = monthOf(call, asked).filter((visit) => department === '' || visit.department === department);
  if (visits.length === 0) return asked.refuse('15', '対象がありません');
  const byDay = Map.groupBy([...visits].reverse(), (visit) => visit.date.slice(8));
  const combinations = [...new Set(visits.map((visit) => visit.combination))];
  return {
    root: asked.root,
    record: {
      ...asked.start,
      Perform_Date: asked.date.slice(0, 7),
      Department_Code: department,
      Department_Name: departmentName(department),
      Medical_List_Information: combinations.slice(0, 5).flatMap((number) => {
        const visit = visits.find((each) => each.combination === number);
        return visit ? [paidBy(call, visit)] : [];
      }),
      Medical_Information: [...byDay].map(([day, ofDay]) => ({
        Medical_Day: day,
        Medical_Information2: ofDay.flatMap((visit) => call.clinic.visits.blocks(visit.slip)).map(classRow),
      })),
    },
  };
}

function classRow(block: ActBlock): Draft {
  return {
    Medical_Class: block.class.slice(0, 2),
    Medical_Class2: block.class,
    Medical_Class_Name: block.name,
    Medication_info: [
      {
        Medical_Class_Point: String(block.points),
        Medical_Class_Money: '0',
        Medical_Class_Number: block.count,
        Medical_Class_code: '0',
      },
    ],
  };
}
