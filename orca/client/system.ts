import type { OrcaRecord } from '../xml2.ts';
import type { Ask, Call, CallOptions } from './call.ts';
import { child, children, text, texts, type Texts } from './fields.ts';
import type { Outcome } from './outcome.ts';

const DEPARTMENT = { code: 'Code', name: 'WholeName', short: 'Name1', receiptCode: 'Receipt_Code' } as const;
const STAFF = { code: 'Code', name: 'WholeName', kana: 'WholeName_inKana' } as const;
const INSTITUTION = {
  prefecture: 'Prefectures_Number',
  /** 医療機関コード, 7 digits */
  code: 'Institution_Code',
  /** 医療機関ID, `JPN…` */
  id: 'Institution_Id',
  name: 'Institution_WholeName',
} as const;
const PAYMENT = { code: 'Ic_Code', name: 'Ic_Code_Name', short: 'Ic_Code_Abbreviation_Name' } as const;
const CONTENT = {
  code: 'Medical_Information',
  name: 'Medical_Information_Name',
  short: 'Medical_Information_Name2',
} as const;
const VERSION = { name: 'Name', local: 'Local_Version', newest: 'New_Version' } as const;
const UPDATE = { date: 'Date', state: 'State', comment: 'Comment' } as const;
const API = { url: 'Api_Url', name: 'Api_Name', version: 'Api_Version', haori: 'Haori_Name' } as const;

export type Department = Texts<typeof DEPARTMENT>;
export interface Staff extends Texts<typeof STAFF> {
  readonly departments: readonly string[];
}
export type Institution = Texts<typeof INSTITUTION>;
export type PaymentMethod = Texts<typeof PAYMENT>;
export type ReceptionContent = Texts<typeof CONTENT>;
export type ApiVersion = Texts<typeof API>;

/** Of what an environment is made: to be compared with the other's before anything is copied. */
export interface SystemVersions {
  /** `050200-1` */
  readonly program: string;
  readonly database: { readonly local: string; readonly newest: string };
  /** `0000-00-00` where it is not known */
  readonly mastersUpdated: string;
  readonly masters: readonly Texts<typeof VERSION>[];
  readonly updates: readonly Texts<typeof UPDATE>[];
}

type On = { readonly date?: string };

export interface SystemCalls {
  /** system01dailyv2: the cheapest question that needs the database. */
  daily(request?: On, options?: CallOptions): Promise<Outcome<{ readonly date: string }>>;
  /** system01lstv2 01 */
  departments(request?: On, options?: CallOptions): Promise<Outcome<readonly Department[]>>;
  /** system01lstv2 02 */
  physicians(request?: On, options?: CallOptions): Promise<Outcome<readonly Staff[]>>;
  /** system01lstv2 03 */
  staff(request?: On, options?: CallOptions): Promise<Outcome<readonly Staff[]>>;
  /** system01lstv2 04: both environments have to be the same one. */
  institution(request?: On, options?: CallOptions): Promise<Outcome<Institution>>;
  /** system01lstv2 05 */
  paymentMethods(request?: On, options?: CallOptions): Promise<Outcome<readonly PaymentMethod[]>>;
  /** system01lstv2 06 */
  receptionContents(request?: On, options?: CallOptions): Promise<Outcome<readonly ReceptionContent[]>>;
  /**
   * systeminfv2. `at` is compared with the environment's clock: refused with 0005 where that is behind, with 0006 where it is
   * 30 minutes or more ahead.
   */
  versions(request: { readonly at: Date }, options?: CallOptions): Promise<Outcome<SystemVersions>>;
  /** apiversiongetv2: which calls it offers. At most 200. */
  apiVersions(request?: { readonly name?: string }, options?: CallOptions): Promise<Outcome<readonly ApiVersion[]>>;
}

export function systemCalls(ask: Ask): SystemCalls {
  const list = <T>(number: string, { date = '' }: On, root: string, read: Call<T>['read'], options?: CallOptions) =>
    ask(
      {
        name: 'system01lstv2',
        path: '/api/api01rv2/system01lstv2',
        // Said twice, because old versions go by the class and new ones by Request_Number.
        query: { class: number },
        request: { root: 'system01_managereq', record: { Request_Number: number, Base_Date: date } },
        root,
        none: ['11'],
        cut: ['10'],
        read,
      },
      options,
    );
  return {
    daily: ({ date = '' } = {}, options) =>
      ask(
        {
          name: 'system01dailyv2',
          path: '/api/api01rv2/system01dailyv2',
          request: { root: 'system01_dailyreq', record: { Request_Number: '01', Base_Date: date } },
          root: 'system01_dailyres',
          read: (record) => ({ date: text(record, 'Base_Date') }),
        },
        options,
      ),
    departments: (on = {}, options) =>
      list(
        '01',
        on,
        'departmentres',
        (record) => children(record, 'Department_Information', (each) => texts(each, DEPARTMENT)),
        options,
      ),
    physicians: (on = {}, options) => list('02', on, 'physicianres', readStaff, options),
    staff: (on = {}, options) => list('03', on, 'physicianres', readStaff, options),
    institution: (on = {}, options) =>
      list('04', on, 'system1001res', (record) => texts(child(record, 'Medical_Information'), INSTITUTION), options),
    paymentMethods: (on = {}, options) =>
      list(
        '05',
        on,
        'incomeres',
        // The record's name begins in lower case on the wire.
        (record) => children(record, 'income_Information', (each) => texts(each, PAYMENT)),
        options,
      ),
    receptionContents: (on = {}, options) =>
      list(
        '06',
        on,
        'medicalinfres',
        (record) => children(record, 'Medicalinf_Information', (each) => texts(each, CONTENT)),
        options,
      ),
    versions: ({ at }, options) =>
      ask(
        {
          name: 'systeminfv2',
          path: '/api/api01rv2/systeminfv2',
          request: { root: 'private_objects', record: momentOf(at) },
          root: 'private_objects',
          read: readVersions,
        },
        options,
      ),
    apiVersions: ({ name = '' } = {}, options) =>
      ask(
        {
          name: 'apiversiongetv2',
          path: '/api/api01rv2/apiversiongetv2',
          request: { root: 'apiversiongetv2req', record: { Api_Id: name } },
          root: 'apiversiongetv2res',
          none: ['0002'],
          read: (record) => children(record, 'Api_Information', (each) => texts(each, API)),
        },
        options,
      ),
  };
}

// Environments stand in Japan and say the time of Japan; a gateway's own zone may be another.
const TOKYO = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo', dateStyle: 'short', timeStyle: 'medium' });

function momentOf(at: Date): OrcaRecord {
  const [date = '', time = ''] = TOKYO.format(at).split(' ');
  return { Request_Date: date, Request_Time: time };
}

function readStaff(record: OrcaRecord): readonly Staff[] {
  return children(record, 'Physician_Information', readOneStaff);
}

function readOneStaff(record: OrcaRecord): Staff {
  const departments = [1, 2, 3, 4, 5].map((place) => text(record, `Department_Code${place}`));
  return { ...texts(record, STAFF), departments: departments.filter((code) => code !== '') };
}

function readVersions(record: OrcaRecord): SystemVersions {
  const database = child(record, 'Database_Information');
  const masters = child(record, 'Master_Update_Information');
  return {
    program: text(record, 'Jma_Receipt_Version'),
    database: { local: text(database, VERSION.local), newest: text(database, VERSION.newest) },
    mastersUpdated: text(masters, 'Last_Update_Date'),
    masters: children(masters, 'Master_Version_Information', (each) => texts(each, VERSION)),
    updates: children(record, 'Program_Update_Information', (each) => texts(each, UPDATE)),
  };
}
