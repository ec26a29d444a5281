import type { OrcaRecord } from '../xml2.ts';
import type { Ask, CallOptions } from './call.ts';
import { child, children, text, texts, type Texts, amount } from './fields.ts';
import { type Identity, type Insurance, readIdentity, readInsurance } from './insurance.ts';
import type { Outcome } from './outcome.ts';

const ENTRY = {
  date: 'Perform_Date',
  endDate: 'Perform_End_Date',
  issued: 'IssuedDate',
  /** `1` in hospital, `2` out of it */
  inOut: 'InOut',
  invoice: 'Invoice_Number',
  /** まとめ伝票番号 */
  groupInvoice: 'Group_Invoice_Number',
  combination: 'Insurance_Combination_Number',
  department: 'Department_Code',
  departmentName: 'Department_Name',
} as const;
const UNPAID = { date: 'Perform_Date', inOut: 'InOut', invoice: 'Invoice_Number' } as const;

/** 収納: what one slip came to. Yen. */
export interface IncomeEntry extends Texts<typeof ENTRY> {
  /** 請求額 */
  readonly charged: number;
  /** 入金額 */
  readonly paid: number;
  readonly points: number;
}

export interface Income {
  readonly patient: Identity;
  readonly entries: readonly IncomeEntry[];
  readonly insurances: readonly Insurance[];
  readonly unpaid: readonly (Texts<typeof UNPAID> & { readonly money: number })[];
  readonly unpaidTotal: number;
}

/** Of a day, a month (`YYYY-MM`) or a year. */
export type IncomePeriod = { readonly date: string } | { readonly month: string } | { readonly year: string };

export interface IncomeCalls {
  /** incomeinfv2. At most 200 entries, oldest first, and 50 unpaid: see isIncomplete. */
  get(request: { readonly patient: string } & IncomePeriod, options?: CallOptions): Promise<Outcome<Income>>;
}

export function incomeCalls(ask: Ask): IncomeCalls {
  return {
    get: (request, options) =>
      ask(
        {
          name: 'incomeinfv2',
          path: '/api/api01rv2/incomeinfv2',
          request: {
            root: 'private_objects',
            record: {
              Patient_ID: request.patient,
              Perform_Date: 'date' in request ? request.date : '',
              Perform_Month: 'month' in request ? request.month : '',
              Perform_Year: 'year' in request ? request.year : '',
            },
          },
          root: 'private_objects',
          read: readIncome,
        },
        options,
      ),
  };
}

function readIncome(record: OrcaRecord): Income {
  return {
    patient: readIdentity(child(record, 'Patient_Information')),
    entries: children(record, 'Income_Information', readEntry),
    insurances: children(record, 'Insurance_Information', readInsurance),
    unpaid: children(record, 'Unpaid_Money_Information', (each) => ({
      ...texts(each, UNPAID),
      money: amount(each, 'Unpaid_Money'),
    })),
    unpaidTotal: amount(record, 'Unpaid_Money_Total'),
  };
}

function readEntry(record: OrcaRecord): IncomeEntry {
  const money = child(record, 'Cd_Information');
  return {
    ...texts(record, ENTRY),
    groupInvoice: text(record, ENTRY.groupInvoice) || text(record, ENTRY.invoice),
    charged: amount(money, 'Ac_Money'),
    paid: amount(money, 'Ic_Money'),
    points: amount(child(record, 'Ac_Point_Information'), 'Ac_Ttl_Point'),
  };
}
