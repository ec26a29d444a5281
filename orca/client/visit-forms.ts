import type { OrcaRecord } from '../xml2.ts';
import { type ActBlock, type GivenBlock, readScreenBlocks, screenBlockRecord } from './acts.ts';
import { child, children, isTrue, required, text, texts, type Texts, amount } from './fields.ts';
import { type GivenInsurance, type Identity, type Insurance } from './insurance.ts';
import { insuranceRecord, readIdentity, readInsurance } from './insurance.ts';

/** A visit to be registered. */
export interface NewVisit extends Acts {
  readonly patient: string;
  readonly date: string;
  readonly time?: string | undefined;
  readonly department: string;
  readonly physician: string;
  readonly insurance: GivenInsurance;
  /** `01` 初診 `02` 再診 `03` 電話再診 `09` none; left out, the server decides. */
  readonly doctorsFee?: '01' | '02' | '03' | '09' | undefined;
}

export interface Acts {
  /** Given the examination fee that the server proposes. */
  readonly blocks: readonly GivenBlock[] | ((fee: readonly ActBlock[]) => readonly GivenBlock[]);
  /** 院外 prescription. */
  readonly isOutside?: boolean | undefined;
  /** 時間外区分, `0` to `8` */
  readonly offTime?: string | undefined;
  /** Of what the server added by itself, the delete numbers of what shall not be registered. */
  readonly without?: ((blocks: readonly ActBlock[]) => readonly string[]) | undefined;
  readonly payment?: Payment | ((bill: Bill) => Payment) | undefined;
}

/** Yen. What is left out is the server's to decide. */
export interface Payment {
  /** 入金方法区分 */
  readonly method?: string | undefined;
  /** 入金取扱い区分: `1` this visit only. A correction knows no other. */
  readonly request?: '1' | '2' | '3' | '4' | '5' | undefined;
  readonly paid?: number | undefined;
  readonly adjustment1?: number | undefined;
  readonly adjustment2?: number | undefined;
}

/** Yen. */
export interface Bill {
  readonly charged: number;
  readonly points: number;
  readonly blocks: readonly ActBlock[];
}

const SLIP = {
  invoice: 'Sub_Invoice_Number',
  combination: 'Insurance_Combination_Number',
  department: 'Department_Code',
  physician: 'Physician_Code',
} as const;

export interface RegisteredVisit extends Bill {
  /** 伝票番号; of the main part where there are several slips. */
  readonly invoice: string;
  /** Where departments or insurances differ, all slips of the visit; empty where there is one. */
  readonly slips: readonly Texts<typeof SLIP>[];
}

/** A registered visit, opened to be corrected. */
export interface OpenedVisit {
  readonly patient: Identity;
  readonly date: string;
  readonly invoice: string;
  readonly department: string;
  readonly physician: string;
  readonly sequence: number;
  readonly insurance: Insurance;
  readonly isOutside: boolean;
  readonly blocks: readonly ActBlock[];
  /** All slips of the visit, where it has several. */
  readonly group: readonly { readonly invoice: string; readonly combination: string; readonly department: string }[];
}

/** Which visit: the slip number wins over the rest. */
export interface VisitKey {
  readonly patient: string;
  readonly date: string;
  readonly invoice?: string | undefined;
  readonly department?: string | undefined;
  readonly combination?: string | undefined;
  readonly sequence?: number | undefined;
}

/** What every step after the first says again. */
export interface Head {
  readonly patient: string;
  readonly date: string;
  readonly time: string;
  readonly department: string;
  readonly physician: string;
  readonly insurance: GivenInsurance;
  readonly fee: readonly ActBlock[];
  /** The slip of the visit that is corrected. */
  readonly correcting: string | null;
}

export function firstRecord(visit: NewVisit): OrcaRecord {
  return {
    Patient_ID: visit.patient,
    Perform_Date: visit.date,
    Perform_Time: visit.time ?? '',
    Diagnosis_Information: {
      Department_Code: visit.department,
      Physician_Code: visit.physician,
      HealthInsurance_Information: insuranceRecord(visit.insurance),
      Medical_Information: { OffTime: visit.offTime ?? '', Doctors_Fee: visit.doctorsFee ?? '' },
    },
  };
}

export function diagnosisRecord(
  head: Head,
  { isOutside, offTime = '' }: Acts,
  blocks: readonly GivenBlock[],
): OrcaRecord {
  return {
    Department_Code: head.department,
    Physician_Code: head.physician,
    HealthInsurance_Information: insuranceRecord(head.insurance),
    Outside_Class: isOutside === undefined ? '' : isOutside ? 'True' : 'False',
    Medical_OffTime: offTime,
    Medical_Information: { Medical_Info: blocks.map(screenBlockRecord) },
  };
}

export function keyRecord({
  patient,
  date,
  invoice = '',
  department = '',
  combination = '',
  sequence,
}: VisitKey): OrcaRecord {
  return {
    Patient_ID: patient,
    Perform_Date: date,
    Invoice_Number: invoice,
    Department_Code: department,
    Insurance_Combination_Number: combination,
    Sequential_Number: sequence === undefined ? '' : String(sequence),
  };
}

export function methodRecord({ method = '', request = '1' }: Payment): OrcaRecord {
  return { Ic_Code: method, Ic_Request_Code: request };
}

export function moneyRecord({ paid, adjustment1, adjustment2 }: Payment): OrcaRecord {
  return { Cd_Information: { Ic_Money: yen(paid), Ad_Money1: yen(adjustment1), Ad_Money2: yen(adjustment2) } };
}

function yen(amount: number | undefined): string {
  return amount === undefined ? '' : String(amount);
}

// Nothing that is registered from here comes out of a printer.
export const NO_PRINTS: OrcaRecord = {
  Print_Information: {
    Print_Prescription_Class: '0',
    Print_Invoice_Receipt_Class: '0',
    Print_Statement_Class: '0',
    Print_Medicine_Information_Class: '0',
    Print_Medication_Note_Class: '0',
    Print_Appointment_Form_Class: '0',
  },
};

// Medical_Information[10] of Medical_Info[10]: the one record where the blocks are an array of arrays.
export function readFee(record: OrcaRecord): readonly ActBlock[] {
  return children(record, 'Medical_Information', (each) => readScreenBlocks({ Medical_Information: each })).flat();
}

export function readOpened(record: OrcaRecord): OpenedVisit {
  const group = {
    invoice: 'Invoice_Number',
    combination: 'Insurance_Combination_Number',
    department: 'Department_Code',
  };
  return {
    patient: readIdentity(child(record, 'Patient_Information')),
    date: text(record, 'Perform_Date'),
    invoice: required(record, 'Invoice_Number'),
    department: text(record, 'Department_Code'),
    physician: text(record, 'Physician_Code'),
    sequence: amount(record, 'Sequential_Number'),
    insurance: readInsurance(child(record, 'HealthInsurance_Information')),
    isOutside: isTrue(record, 'Outside_Class'),
    blocks: readScreenBlocks(record),
    group: children(child(record, 'Grp_Information'), 'Grp_Info', (each) => texts(each, group)),
  };
}

export function readBill(record: OrcaRecord): Bill {
  const money = child(record, 'Cd_Information');
  return {
    charged: amount(money, 'Total_Ac_Money'),
    points: amount(child(child(money, 'Cd_Information2'), 'Ac_Point_Information'), 'Ac_Ttl_Point'),
    blocks: readScreenBlocks(record),
  };
}

export function readRegistered(record: OrcaRecord): RegisteredVisit {
  return {
    ...readBill(record),
    invoice: required(record, 'Invoice_Number'),
    slips: children(child(record, 'Cd_Sub_Information2'), 'Cd_Sub_Info2', (each) =>
      texts(child(each, 'Sub_Change_Info'), SLIP),
    ),
  };
}
