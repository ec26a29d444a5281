import type { OrcaRecord } from '../xml2.ts';
import { child, children, fields, type GivenTexts, text, texts, type Texts, amount } from './fields.ts';

const BLOCK = {
  /** 診療種別区分: `120` 再診, `210` 内服, … */
  class: 'Medical_Class',
  name: 'Medical_Class_Name',
  /** 回数 or 日数 */
  count: 'Medical_Class_Number',
} as const;
const ITEM = {
  code: 'Medication_Code',
  name: 'Medication_Name',
  /** 数量, with decimals as they came. */
  quantity: 'Medication_Number',
  money: 'Medication_Money',
  film: 'Medication_Film_Comp_Number',
  continuation: 'Medication_Continue',
  internalKinds: 'Medication_Internal_Kinds',
  noAddition: 'Medication_No_Addition_Class',
  autoAddition: 'Medication_Auto_Addition',
} as const;
const CHANGE = {
  mode: 'Change_Mode',
  combination: 'Change_Insurance_Combination_Number',
  department: 'Change_Department_Code',
  physician: 'Change_Physician_Code',
} as const;
const UNIT = { unit: 'Unit_Code', unitName: 'Unit_Code_Name' } as const;
const SCREEN_UNIT = { unit: 'Medication_Unit_Code', unitName: 'Medication_Unit_Code_Name' } as const;

/** One line of a block. */
export interface ActItem extends Texts<typeof ITEM>, Texts<typeof UNIT> {
  /** コメントの埋め込み数値 */
  readonly inputs: readonly string[];
}

/** 剤: a block of acts. What is read can be given to a registration as it is. */
export interface ActBlock extends Texts<typeof BLOCK> {
  readonly points: number;
  readonly money: number;
  readonly items: readonly ActItem[];
  /** Entered under another insurance, department or physician than the visit; all empty where it was not. */
  readonly change: Texts<typeof CHANGE>;
  /** By which the server's own addition can be taken out before registering; empty for what was sent. */
  readonly deleteNumber: string;
}

export interface GivenItem extends GivenTexts<typeof ITEM> {
  readonly inputs?: readonly string[] | undefined;
}

export interface GivenBlock extends GivenTexts<typeof BLOCK> {
  readonly items: readonly GivenItem[];
  readonly change?: GivenTexts<typeof CHANGE> | undefined;
}

/** As medicalgetv2 lists it. */
export function readPerformedBlock(record: OrcaRecord): ActBlock {
  return {
    ...texts(record, BLOCK),
    points: amount(record, 'Medical_Class_Point'),
    money: amount(record, 'Medical_Class_Money'),
    items: children(record, 'Medication_info', (each) => readItem(each, UNIT)),
    change: texts({}, CHANGE),
    deleteNumber: '',
  };
}

/** As the screens of the conversations show it. */
export function readScreenBlock(record: OrcaRecord): ActBlock {
  return {
    ...texts(record, BLOCK),
    points: amount(record, 'Medical_Point'),
    money: amount(record, 'Medical_Money'),
    items: children(record, 'Medication_Info', (each) => readItem(each, SCREEN_UNIT)),
    change: texts(child(record, 'Medication_Change_Info'), CHANGE),
    deleteNumber: text(record, 'Medical_Delete_Number'),
  };
}

export function readScreenBlocks(record: OrcaRecord): readonly ActBlock[] {
  return children(child(record, 'Medical_Information'), 'Medical_Info', readScreenBlock);
}

export function screenBlockRecord(block: GivenBlock): OrcaRecord {
  return {
    Medication_Change_Info: fields(CHANGE, block.change),
    ...fields(BLOCK, block),
    Medication_Info: block.items.map((item) => ({ ...fields(ITEM, item), ...inputsRecord(item) })),
  };
}

export function unfinishedBlockRecord(block: GivenBlock): OrcaRecord {
  return {
    ...fields(BLOCK, block),
    Medication_info: block.items.map((item) => ({ ...fields(ITEM, item), ...inputsRecord(item) })),
  };
}

function readItem(record: OrcaRecord, unit: typeof UNIT | typeof SCREEN_UNIT): ActItem {
  return {
    ...texts(record, ITEM),
    ...texts(record, unit),
    inputs: children(record, 'Medication_Input_Info', (each) => text(each, 'Medication_Input_Code')),
  };
}

function inputsRecord({ inputs = [] }: GivenItem): OrcaRecord {
  return { Medication_Input_Info: inputs.map((code) => ({ Medication_Input_Code: code })) };
}
