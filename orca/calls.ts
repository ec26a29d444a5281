import type { Effect } from './effect.ts';

/** What a step of a HAORI conversation does: the first takes the lock, `registering` stores, `release` gives it back. */
export type Step = 'first' | 'later' | 'registering' | 'release';

export interface Decision {
  readonly effect: Effect;
  readonly step: Step | null;
  /** May be sent again when the connection failed. Never true of anything but a read. */
  readonly isRepeatable: boolean;
}

/** One call of WebORCA's API, as published and as read in the sources of its predecessor. */
export interface Call {
  readonly name: string;
  /** In the environment's form; a `/` at the end stands for everything below. */
  readonly path: string;
  readonly methods: readonly ('GET' | 'POST')[];
  /** What the call is, or, where its body decides, the gravest that it can be. */
  readonly decision: Decision;
  /** By `Request_Number`, or `Request_Number/<value of qualifier>`, where the path is not enough. */
  readonly byNumber: Readonly<Record<string, Decision>> | null;
  /** The second field that decides, where one does. */
  readonly qualifier: 'Request_Mode' | 'Lock_Mode' | null;
}

const READ: Decision = { effect: 'read', step: null, isRepeatable: true };
const READ_ONCE: Decision = { effect: 'read', step: null, isRepeatable: false };
const WRITE: Decision = { effect: 'write', step: null, isRepeatable: false };
const PRINT: Decision = { effect: 'print', step: null, isRepeatable: false };
const FIRST: Decision = { effect: 'session', step: 'first', isRepeatable: false };
const LATER: Decision = { effect: 'session', step: 'later', isRepeatable: false };
const REGISTERING: Decision = { effect: 'session', step: 'registering', isRepeatable: false };
const RELEASE: Decision = { effect: 'session', step: 'release', isRepeatable: false };
// Both at once: it opens a conversation and may store at the same time, so it needs all the care of a write.
const WRITE_FIRST: Decision = { effect: 'write', step: 'first', isRepeatable: false };

function call(path: string, decision: Decision, rest: Partial<Call> = {}): Call {
  const name = path.slice(path.lastIndexOf('/') + 1) || path.slice(0, -1);
  return { name, methods: ['POST'], byNumber: null, qualifier: null, ...rest, path: `/api/${path}`, decision };
}

function calls(family: string, names: string, decision: Decision, rest: Partial<Call> = {}): Call[] {
  return names.split(' ').map((name) => call(`${family}/${name}`, decision, rest));
}

const READS = [
  call('api01rv2/patientgetv2', READ, { methods: ['GET'] }),
  ...calls('api01rv2', 'patientlst1v2 patientlst2v2 patientlst3v2 patientlst6v2 patientlst7v2 patientlst8v2', READ),
  ...calls('api01rv2', 'acceptlstv2 appointlstv2 appointlst2v2 visitptlstv2 tmedicalgetv2', READ),
  ...calls('api01rv2', 'system01lstv2 system01dailyv2 systeminfv2 apiversiongetv2 pusheventgetv2', READ),
  ...calls('api01rv2', 'medicalgetv2 diseasegetv2 incomeinfv2 subjectiveslstv2 medicationgetv2', READ),
  ...calls('api01rv2', 'hsconfbasev2 hsconfwardv2 hsmealv2 hsptevalv2 hsptinfv2 hsacsimulatev2', READ),
  ...calls('api01rv2', 'insprogetv2 insuranceinf1v2 contraindicationcheckv2 formdatagetv2 imagegetv2', READ),
  ...calls('api01rv2', 'receiptinf1v2 claimfrontv2 claimaccountv2 okusurigetv2', READ),
  // Writes temporary rows of its own (tbl_para) and checks the patient's lock.
  call('api01rv2/acsimulatev2', READ_ONCE),
  call('orca31/hspmmv2', READ),
  call('orca51/masterlastupdatev3', READ),
  // The set of what was found stays at the server, page after page: one environment's answer.
  ...calls('orca13', 'findv3 findinfv3', READ_ONCE),
  call('orca36/hsfindv3', READ_ONCE),
  ...calls('api01r', 'appointlst acceptlst patientget patientlst1 patientlst2 patientlst3', READ, {
    methods: ['GET', 'POST'],
  }),
  ...calls('api01r', 'system01lst medicalget diseaseget', READ, { methods: ['GET', 'POST'] }),
  call('session/session_start', READ_ONCE, { methods: ['GET', 'POST'] }),
  call('blobapi/', READ, { methods: ['GET'] }),
];

const PRINTS = [
  ...calls('api01rv2', 'prescriptionv2 medicinenotebookv2 invoicereceiptv2 statementv2', PRINT),
  ...calls('api01rv2', 'karteno1v2 karteno1hv2 karteno3v2 karteno3hv2', PRINT),
  call('orca00/print', PRINT),
  call('orca42/receiptprintv3', PRINT),
  call('orca51/statisticsformv3', PRINT),
];

const WRITES = [
  call('api01rv2/okusuriputv2', WRITE),
  call('api21/medicalmodv2', WRITE),
  call('api21/claimreceivev2', WRITE),
  call('orca06/patientmemomodv2', WRITE),
  call('orca12/patientmodv2', WRITE),
  call('orca14/appointmodv2', WRITE),
  ...calls('orca22', 'diseasev2 diseasev3', WRITE),
  call('orca25/subjectivesv2', WRITE),
  ...calls('orca31', 'hsptinfmodv2 hsacctmodv2', WRITE),
  call('orca32/hsptevalmodv2', WRITE),
  call('orca102/medicatonmodv2', WRITE),
  // Jobs: they start, and are asked after, with writes to the job table, even those that only export.
  call('orca41/datacheckv3', WRITE),
  call('orca42/receiptmakev3', WRITE),
  ...calls('orca44', 'receiptdatamakev3 receiptdatacheckmakev3 receiptdatapatientmakev3', WRITE),
  ...calls('orca51', 'diseasemasterlstv3 medicationmasterlstv3 addressmasterlstv3 masterexportv3 stock1v2', WRITE),
  ...calls('orca51', 'patientbasisallv3 patientdiseaseallv3 patientmedicalallv3 tempmedicaladdv3', WRITE),
];

const DECIDED_BY_NUMBER = [
  call('orca11/acceptmodv2', WRITE, { byNumber: { '00': READ } }),
  call('api21/medicalmodv23', WRITE, { byNumber: { '00': READ } }),
  call('orca101/manageusersv2', WRITE, { byNumber: { '01': READ } }),
  call('orca21/medicalsetv2', WRITE, { byNumber: { '04': READ } }),
  call('orca31/birthdeliveryv2', WRITE, { byNumber: { '01': READ } }),
  // 01 fetches, and with Lock_Mode also marks the data as open.
  call('api21/tmedicalmodv2', WRITE, { byNumber: { '01/': READ, '01/0': READ }, qualifier: 'Lock_Mode' }),
  call('api21/medicalmodv37', WRITE, { byNumber: { '00': READ, '99': RELEASE } }),
];

const LAST_STEPS = { '02': REGISTERING, '03': REGISTERING, '04': REGISTERING, '05': REGISTERING, '99': RELEASE };

const CONVERSATIONS = [
  call('api21/medicalmodv31', FIRST, { byNumber: { '00': READ, '01': FIRST, '99': RELEASE } }),
  call('api21/medicalmodv32', LATER, { byNumber: { '99': RELEASE } }),
  call('api21/medicalmodv33', REGISTERING, { byNumber: { '04': LATER, '05': REGISTERING, '99': RELEASE } }),
  call('api21/medicalmodv34', WRITE_FIRST, { byNumber: { '01': FIRST, '02': REGISTERING, '99': RELEASE } }),
  call('api21/medicalmodv35', WRITE_FIRST, { byNumber: { ...LAST_STEPS, '00': READ, '01': FIRST } }),
  call('api21/medicalmodv36', WRITE_FIRST, { byNumber: { ...LAST_STEPS, '01': FIRST } }),
  call('api21/medicalmodav31', FIRST, { byNumber: { '01': FIRST, '99': RELEASE } }),
  call('api21/medicalmodav32', LATER, { byNumber: { '99': RELEASE } }),
  call('api21/medicalmodav33', REGISTERING, { byNumber: { '04': LATER, '05': REGISTERING, '99': RELEASE } }),
  call('api21/medicalmodav34', WRITE_FIRST, { byNumber: { '01': FIRST, '02': REGISTERING, '99': RELEASE } }),
  call('api21/medicalmodav35', WRITE_FIRST, { byNumber: { ...LAST_STEPS, '01': FIRST } }),
  // A new patient is registered by 01 itself, unless there is a question to answer first.
  call('orca12/patientmodv31', WRITE_FIRST, { byNumber: { '02': REGISTERING, '99': RELEASE } }),
  ...[32, 33, 34, 35, 36, 37].map((screen) =>
    call(`orca12/patientmodv${screen}`, WRITE_FIRST, { byNumber: { ...LAST_STEPS, '01': FIRST } }),
  ),
  call('orca23/incomev3', WRITE_FIRST, {
    byNumber: { '01': FIRST, '01/02': LATER, '02': REGISTERING, '99': RELEASE },
    qualifier: 'Request_Mode',
  }),
];

/** Every call that is known, with what it does. */
export const CALLS: readonly Call[] = [...READS, ...PRINTS, ...WRITES, ...DECIDED_BY_NUMBER, ...CONVERSATIONS];
