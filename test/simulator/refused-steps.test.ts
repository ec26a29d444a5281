import { deepEqual, equal } from 'node:assert/strict';
import { at, simulator, stopAll } from './client.ts';
import { codesOf } from './codes.ts';
import { begin, DATE, diagnosis, FEE, KARTE, step, wholeVisit } from './flow.ts';

const NOBODY = { Patient_ID: '99999' };

function withActs(more: object, ...blocks: readonly object[]): object {
  return { Diagnosis_Information: diagnosis({ Medical_Information: { Medical_Info: blocks }, ...more }) };
}

function lines(length: number): object {
  return { ...FEE, Medication_Info: Array.from({ length }, () => ({ Medication_Code: '112007410' })) };
}

describe('steps of a visit that are refused', () => {
  afterEach(stopAll);

  it('the first step of a visit: who, and a first fee twice on a day', async () => {
    const orca = await simulator();
    const named = { ...KARTE, Patient_ID: '3', Perform_Date: DATE };
    const path = '/api21/medicalmodv31';
    deepEqual(await codesOf(orca, path, 'medicalv3req1', { ...named, Request_Number: '99' }, {}), ['E05']);
    await wholeVisit(orca);
    const again = await step(orca, 31, {
      Request_Number: '01',
      ...named,
      Diagnosis_Information: diagnosis({ Medical_Information: { Doctors_Fee: '01' } }),
    });
    equal(at(again.record, 'Api_Result'), 'E24');
    const undated = await step(orca, 31, {
      Request_Number: '01',
      ...named,
      Perform_Date: '',
      Diagnosis_Information: diagnosis({ Medical_Information: { Doctors_Fee: '02' } }),
    });
    equal(at(undated.record, 'Api_Result'), 'W00');
    equal(at(undated.record, 'Medical_Message_Information', 'Medical_Warning_Info', 0, 'Medical_Warning'), 'W01');
  });

  it('a first step with another insurance than last time is done with a warning', async () => {
    const orca = await simulator();
    orca.clinic.insurances.add(3, { InsuranceProvider_Class: '060' }, []);
    orca.clinic.visits.add({
      slip: 900_000,
      groupSlip: 900_000,
      ptid: 3,
      inOut: '2',
      date: '2026-04-12',
      department: '01',
      sequence: 1,
      combination: '0099',
      physician: '10001',
      outside: 'False',
      offTime: '0',
      points: 1,
      charged: 1,
      paid: 1,
      created: DATE,
      updated: DATE,
      updatedTime: '09:00:00',
      blocks: [],
    });
    const answer = await step(orca, 31, {
      Request_Number: '01',
      Patient_ID: '3',
      Perform_Date: DATE,
      Diagnosis_Information: diagnosis({ Medical_Information: { Doctors_Fee: '02' } }),
    });
    equal(at(answer.record, 'Medical_Message_Information', 'Medical_Warning_Info', 0, 'Medical_Warning'), 'W25');
  });

  it('the acts of a visit: each of its own', async () => {
    const orca = await simulator();
    const Orca_Uid = await begin(orca);
    const usual = { ...KARTE, Request_Number: '02', Orca_Uid, Patient_ID: '3', Perform_Date: DATE };
    const elsewhere = { ...FEE, Medication_Change_Info: { Change_Insurance_Combination_Number: '99' } };
    const codes = await codesOf(
      orca,
      '/api21/medicalmodv32',
      'medicalv3req2',
      usual,
      { Karte_Uid: '' },
      { Orca_Uid: '' },
      { Patient_ID: '' },
      NOBODY,
      withActs({ Department_Code: '99' }, FEE),
      withActs({ Physician_Code: '99999' }, FEE),
      withActs({ Medical_OffTime: '9' }, FEE),
      withActs({ Outside_Class: 'x' }, FEE),
      withActs({}, elsewhere),
      withActs({}, ...Array<object>(111).fill(FEE)),
      withActs({}, lines(401)),
      { Request_Number: '77' },
    );
    deepEqual(codes, ['E04', 'E05', 'E01', 'E10', 'E13', 'E14', 'E15', 'E16', 'E17', 'E43', 'E42', 'E91']);
  });

  it('a correction names the slip it corrects', async () => {
    const orca = await simulator();
    const Invoice_Number = at((await wholeVisit(orca)).record, 'Invoice_Number');
    const named = { Patient_ID: '3', Perform_Date: DATE, Patient_Mode: 'Modify', Invoice_Number };
    const loaded = await step(orca, 34, { Request_Number: '01', ...named });
    const Orca_Uid = at(loaded.record, 'Orca_Uid');
    const wrong = await step(orca, 32, {
      Request_Number: '02',
      ...named,
      Orca_Uid,
      Invoice_Number: '9999999',
      Diagnosis_Information: diagnosis({ Medical_Information: { Medical_Info: [FEE] } }),
    });
    equal(at(wrong.record, 'Api_Result'), 'E27');
    const right = { Orca_Uid, Patient_ID: '3', Perform_Date: DATE };
    const blocks = diagnosis({ Medical_Information: { Medical_Info: [FEE] } });
    await step(orca, 32, { Request_Number: '02', ...right, Patient_Mode: 'Modify', Diagnosis_Information: blocks });
    await step(orca, 32, { Request_Number: '03', ...right });
    const bill = await step(orca, 33, { Request_Number: '04', ...right, Invoice_Number: '9999999' });
    equal(at(bill.record, 'Api_Result'), 'E21');
  });

  it('the bill of a visit: who, a way to pay, and an amount', async () => {
    const orca = await simulator();
    const Orca_Uid = await begin(orca);
    const named = { Orca_Uid, Patient_ID: '3', Perform_Date: DATE };
    const blocks = diagnosis({ Medical_Information: { Medical_Info: [FEE] } });
    await step(orca, 32, { Request_Number: '02', ...named, Diagnosis_Information: blocks });
    await step(orca, 32, { Request_Number: '03', ...named });
    const path = '/api21/medicalmodv33';
    const preview = await codesOf(
      orca,
      path,
      'medicalv3req3',
      { ...KARTE, Request_Number: '04', ...named },
      { Karte_Uid: '' },
      { Orca_Uid: '' },
      { Patient_ID: '' },
      NOBODY,
      { Perform_Date: '2026-04-12' },
      { Patient_ID: '4' },
      { Request_Number: '77' },
      { Base_Date: 'x' },
      { Ic_Code: '99' },
      { Delete_Number_Info: { Delete_Number: '1' } },
      {},
    );
    deepEqual(preview, ['E04', 'E05', 'E01', 'E10', 'E06', 'E07', 'E91', 'E12', 'E15', 'E20', '000']);
    const paid = { ...KARTE, Request_Number: '05', ...named };
    deepEqual(await codesOf(orca, path, 'medicalv3req3', paid, { Cd_Information: { Ic_Money: 'x' } }), ['E16']);
  });

  it('the tenth visit of a patient to a department on a day', async () => {
    const orca = await simulator();
    for (let visit = 1; visit <= 9; visit++) await wholeVisit(orca);
    const tenth = await wholeVisit(orca);
    equal(at(tenth.record, 'Api_Result'), 'E80');
    equal(at(tenth.record, 'Medical_Message_Information', 'Medical_Result'), '0105');
  });

  it('corrections and deletions: who and when, and the question about several slips', async () => {
    const orca = await simulator();
    const elsewhere = { ...FEE, Medication_Change_Info: { Change_Department_Code: '10' } };
    const Invoice_Number = at((await wholeVisit(orca, '3', [FEE, elsewhere])).record, 'Invoice_Number');
    const usual = { ...KARTE, Request_Number: '01', Patient_Mode: 'Delete', Patient_ID: '3', Perform_Date: DATE };
    const path = '/api21/medicalmodv34';
    const codes = await codesOf(
      orca,
      path,
      'medicalv3req4',
      usual,
      { Patient_ID: '' },
      { Karte_Uid: '' },
      NOBODY,
      { Perform_Date: 'x' },
      { Perform_Date: '2015-03-31' },
      { Request_Number: '02', Orca_Uid: 'nobody’s' },
      { Request_Number: '99' },
      { Request_Number: '99', Orca_Uid: 'nobody’s' },
    );
    deepEqual(codes, ['E01', 'E04', 'E10', 'E11', 'E12', 'E08', 'E05', 'E60']);
    const asked = await step(orca, 34, { ...usual, Invoice_Number });
    equal(at(asked.record, 'Medical_Select_Information', 'Medical_Select'), '0002');
    equal(at((await step(orca, 34, { ...usual, Invoice_Number })).record, 'Api_Result'), 'E90');
  });

  it('letting go of locks', async () => {
    const orca = await simulator();
    await begin(orca);
    const all = { Delete_Information: { Delete_Class: 'All' } };
    const usual = { ...KARTE, Request_Number: '01', ...all };
    const codes = await codesOf(
      orca,
      '/api21/medicalmodv37',
      'medicalv3req7',
      usual,
      { Karte_Uid: '' },
      { Request_Number: '99' },
      { Request_Number: '99', Orca_Uid: 'nobody’s' },
      { Orca_Uid: 'nobody’s' },
      { Delete_Information: { Delete_Class: 'x' } },
      { Delete_Information: { Delete_Orca_Uid: 'nobody’s' } },
      {},
    );
    deepEqual(codes, ['E06', 'E07', 'E81', 'E08', 'E15', 'E13', 'S40']);
  });
});
