import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { at, count, post, simulator, stopAll, type Answered } from './client.ts';
import { acts, begin, DATE, diagnosis, FEE, goOn, KARTE, step, visitsOf, wholeVisit } from './flow.ts';

describe('a visit in five steps', () => {
  afterEach(stopAll);

  it('ends with a slip number, the next of counter 0041, and shows in the lists', async () => {
    const orca = await simulator();
    const last = orca.clinic.counters.last('outpatientSlip');
    const registered = await wholeVisit(orca);
    equal(at(registered.record, 'Api_Result'), '000');
    equal(at(registered.record, 'Response_Number'), '00');
    equal(Number(at(registered.record, 'Invoice_Number')), last + 1);
    equal(at(registered.record, 'Invoice_Number').length, 7);
    const day = await visitsOf(orca);
    equal(count(day.record, 'Visit_List_Information'), 1);
    const today = await post(orca, '/api01rv2/visitptlstv2', 'visitptlstreq', { Request_Number: '01' });
    equal(at(today.record, 'Api_Result'), 'K1');
    equal(at(day.record, 'Visit_List_Information', 0, 'Voucher_Number'), at(registered.record, 'Invoice_Number'));
    const acts = await post(orca, '/api01rv2/medicalgetv2?class=02', 'medicalgetreq', {
      Patient_ID: '3',
      Perform_Date: DATE,
      Medical_Information: { Invoice_Number: at(registered.record, 'Invoice_Number') },
    });
    const path = ['Medical_List_Information', 0, 'Medical_Information', 0] as const;
    equal(at(acts.record, ...path, 'Medication_info', 0, 'Medication_Code'), '112007410');
    equal(at(acts.record, ...path, 'Medical_Class_Point'), '75');
    const history = await post(orca, '/api01rv2/medicalgetv2?class=01', 'medicalgetreq', {
      Patient_ID: '3',
      Perform_Date: DATE,
    });
    equal(at(history.record, 'Medical_List_Information', 0, 'Invoice_Number'), at(registered.record, 'Invoice_Number'));
    const income = await post(orca, '/api01rv2/incomeinfv2', 'private_objects', {
      Patient_ID: '3',
      Perform_Date: DATE,
    });
    equal(at(income.record, 'Income_Information', 0, 'Cd_Information', 'Ac_Money').length, 10);
    equal(orca.clinic.locks.all().length, 0);
  });

  it('holds the patient until it ends, and no longer', async () => {
    const orca = await simulator();
    const Orca_Uid = await begin(orca);
    const other = await step(orca, 31, {
      Request_Number: '01',
      Patient_ID: '3',
      Perform_Date: DATE,
      Diagnosis_Information: diagnosis({ Medical_Information: { Doctors_Fee: '02' } }),
    });
    equal(at(other.record, 'Api_Result'), 'E90');
    equal(at(other.record, 'Orca_Uid'), '');
    const single = await post(orca, '/api21/medicalmodv2?class=01', 'medicalreq', acts());
    equal(at(single.record, 'Api_Result'), '90');
    const released = await step(orca, 31, { Request_Number: '99', Orca_Uid, Patient_ID: '3', Perform_Date: DATE });
    equal(at(released.record, 'Api_Result'), '000');
    equal(
      at((await step(orca, 31, { Request_Number: '99', Orca_Uid, Perform_Date: DATE })).record, 'Api_Result'),
      'E60',
    );
    ok(await begin(orca));
  });

  it('keeps its steps in order, and to one patient and day', async () => {
    const orca = await simulator();
    const Orca_Uid = await begin(orca);
    const named = { Orca_Uid, Patient_ID: '3', Perform_Date: DATE };
    const code = async (number: 32 | 33, record: object): Promise<string> =>
      at((await step(orca, number, { ...named, ...record })).record, 'Api_Result');
    equal(await code(33, { Request_Number: '05' }), 'E09');
    equal(await code(32, { Request_Number: '03' }), 'E19');
    equal(await code(32, { Request_Number: '02', Orca_Uid: 'of-another-environment' }), 'E08');
    equal(await code(32, { Request_Number: '02', Perform_Date: '2026-04-12' }), 'E06');
    equal(await code(32, { Request_Number: '02', Patient_ID: '4' }), 'E07');
    equal(await code(32, { Request_Number: '02' }), 'E20');
    const bad = { Medical_Info: [{ ...FEE, Medication_Info: [{ Medication_Code: '12' }] }] };
    equal(
      await code(32, { Request_Number: '02', Diagnosis_Information: diagnosis({ Medical_Information: bad }) }),
      'E30',
    );
    equal(await code(32, { Request_Number: '02', Patient_Mode: 'Modify' }), 'E28');
  });

  it('registers once: the second 05 meets no conversation any more', async () => {
    const orca = await simulator();
    const registered = await wholeVisit(orca);
    const named = { Orca_Uid: at(registered.record, 'Orca_Uid'), Patient_ID: '3', Perform_Date: DATE };
    equal(at((await step(orca, 33, { Request_Number: '05', ...named })).record, 'Api_Result'), 'E08');
    equal(count((await visitsOf(orca)).record, 'Visit_List_Information'), 1);
  });

  it('asks what has to be asked, one question after the other', async () => {
    const orca = await simulator();
    const Orca_Uid = await begin(orca);
    const named = { Orca_Uid, Patient_ID: '3', Perform_Date: DATE };
    const codes = Array.from({ length: 7 }, (_, index) => ({ Medication_Code: `62000000${index}` }));
    const drugs = { Medical_Class: '210', Medical_Class_Number: '30', Medication_Info: codes };
    await step(orca, 32, {
      Request_Number: '02',
      ...named,
      Diagnosis_Information: diagnosis({ Medical_Information: { Medical_Info: [drugs] } }),
    });
    const confirm = async (answer: object): Promise<Answered> =>
      step(orca, 32, { Request_Number: '03', ...named, ...answer });
    const first = await confirm({});
    equal(at(first.record, 'Api_Result'), 'S40');
    equal(at(first.record, 'Medical_Select_Flag'), 'True');
    equal(at(first.record, 'Medical_Select_Information', 'Medical_Select'), '2001');
    equal(at((await confirm({ Select_Answer: 'Perhaps' })).record, 'Api_Result'), 'E32');
    const second = await confirm({ Select_Answer: 'Ok' });
    equal(at(second.record, 'Medical_Select_Information', 'Medical_Select'), '2007');
    const done = await confirm({ Select_Answer: 'No' });
    equal(at(done.record, 'Api_Result'), '000');
    equal(at(done.record, 'Response_Number'), '04');
    equal(at((await confirm({})).record, 'Api_Result'), 'E09');
  });

  it('gives a slip to every department and insurance of one visit', async () => {
    const orca = await simulator();
    const elsewhere = {
      Medical_Class: '400',
      Medical_Class_Number: '1',
      Medication_Change_Info: { Change_Department_Code: '10', Change_Physician_Code: '10002' },
      Medication_Info: [{ Medication_Code: '140000610' }],
    };
    const registered = await wholeVisit(orca, '3', [FEE, elsewhere]);
    equal(count(registered.record, 'Cd_Sub_Information2', 'Cd_Sub_Info2'), 2);
    const day = await visitsOf(orca);
    equal(count(day.record, 'Visit_List_Information'), 2);
    equal(at(day.record, 'Visit_List_Information', 1, 'Department_Code'), '10');
    const slips = [0, 1].map((index) => Number(at(day.record, 'Visit_List_Information', index, 'Voucher_Number')));
    equal(slips[1], (slips[0] ?? 0) + 1);
  });

  it('a correction keeps the slip, deleting and registering anew gives another', async () => {
    const orca = await simulator();
    const slip = at((await wholeVisit(orca)).record, 'Invoice_Number');
    const loaded = await step(orca, 34, {
      Request_Number: '01',
      Patient_ID: '3',
      Perform_Date: DATE,
      Patient_Mode: 'Modify',
      Invoice_Number: slip,
    });
    equal(at(loaded.record, 'Api_Result'), '000');
    const named = {
      Orca_Uid: at(loaded.record, 'Orca_Uid'),
      Patient_ID: '3',
      Perform_Date: DATE,
      Patient_Mode: 'Modify',
      Invoice_Number: slip,
    };
    const more = {
      Medical_Class: '600',
      Medical_Class_Number: '1',
      Medication_Info: [{ Medication_Code: '160000310' }],
    };
    equal(at((await goOn(orca, named, [FEE, more])).record, 'Invoice_Number'), slip);
    const asked = await step(orca, 34, {
      Request_Number: '01',
      Patient_ID: '3',
      Perform_Date: DATE,
      Patient_Mode: 'Delete',
      Invoice_Number: slip,
    });
    equal(at(asked.record, 'Api_Result'), 'S30');
    equal(at(asked.record, 'Medical_Select_Information', 'Medical_Select'), '0001');
    const uid = { Orca_Uid: at(asked.record, 'Orca_Uid'), Patient_ID: '3', Perform_Date: DATE };
    equal(at((await step(orca, 34, { Request_Number: '02', ...uid, Select_Answer: '?' })).record, 'Api_Result'), 'E21');
    const deleted = await step(orca, 34, { Request_Number: '02', ...uid, Select_Answer: 'Ok' });
    equal(at(deleted.record, 'Api_Result_Message'), '削除処理終了');
    equal(at((await visitsOf(orca)).record, 'Api_Result'), '13');
    notEqual(at((await wholeVisit(orca)).record, 'Invoice_Number'), slip);
  });

  it('deleting can be called off, and names what it cannot find', async () => {
    const orca = await simulator();
    const slip = at((await wholeVisit(orca)).record, 'Invoice_Number');
    const ask = async (record: object): Promise<Answered> =>
      step(orca, 34, { Request_Number: '01', Patient_ID: '3', Perform_Date: DATE, Patient_Mode: 'Delete', ...record });
    equal(at((await ask({ Patient_Mode: 'x' })).record, 'Api_Result'), 'E02');
    equal(at((await ask({ Invoice_Number: 'x' })).record, 'Api_Result'), 'E13');
    equal(at((await ask({ Invoice_Number: slip, Patient_ID: '4' })).record, 'Api_Result'), 'E14');
    equal(at((await ask({ Invoice_Number: '9999999' })).record, 'Api_Result'), 'E22');
    equal(at((await ask({ Department_Code: '01', Sequential_Number: 'x' })).record, 'Api_Result'), 'E23');
    equal(at((await ask({ Department_Code: '01', Insurance_Combination_Number: '99' })).record, 'Api_Result'), 'E18');
    const found = await ask({ Department_Code: '01', Insurance_Combination_Number: '0001' });
    const uid = { Orca_Uid: at(found.record, 'Orca_Uid'), Patient_ID: '3', Perform_Date: DATE };
    equal(
      at((await step(orca, 34, { Request_Number: '02', ...uid, Select_Answer: 'No' })).record, 'Api_Result'),
      'E25',
    );
    equal(orca.clinic.locks.all().length, 0);
    equal(count((await visitsOf(orca)).record, 'Visit_List_Information'), 1);
  });

  it('locks are listed and let go of, after one question', async () => {
    const orca = await simulator();
    equal(at((await step(orca, 37, { Request_Number: '00' })).record, 'Api_Result'), 'E10');
    orca.faults.add({ kind: 'lock', patient: '5' });
    const Orca_Uid = await begin(orca);
    const listed = await step(orca, 37, { Request_Number: '00' });
    equal(count(listed.record, 'Lock_Information'), 2);
    const target = { Delete_Class: '', Delete_Karte_Uid: KARTE.Karte_Uid, Delete_Orca_Uid: Orca_Uid };
    const proposed = await step(orca, 37, { Request_Number: '01', Delete_Information: target });
    equal(at(proposed.record, 'Api_Result'), 'S40');
    const execute = async (record: object): Promise<string> =>
      at(
        (
          await step(orca, 37, {
            Request_Number: '01',
            Orca_Uid: at(proposed.record, 'Orca_Uid'),
            Delete_Information: target,
            ...record,
          })
        ).record,
        'Api_Result',
      );
    equal(await execute({}), 'E40');
    equal(await execute({ Select_Answer: '?' }), 'E12');
    equal(await execute({ Select_Answer: 'Ok', Delete_Information: { Delete_Class: 'All' } }), 'E11');
    equal(await execute({ Select_Answer: 'Ok' }), '000');
    equal(orca.clinic.locks.all().length, 1);
    const dead = await step(orca, 32, { Request_Number: '02', Orca_Uid, Patient_ID: '3', Perform_Date: DATE });
    equal(at(dead.record, 'Api_Result'), 'E08');
  });

  it('refuses what the first step cannot be', async () => {
    const orca = await simulator();
    const refused = async (record: object, more: object = {}): Promise<string> =>
      at(
        (
          await step(orca, 31, {
            Request_Number: '01',
            Patient_ID: '3',
            Perform_Date: DATE,
            Diagnosis_Information: diagnosis({ Medical_Information: { Doctors_Fee: '02' }, ...more }),
            ...record,
          })
        ).record,
        'Api_Result',
      );
    deepEqual(
      [
        await refused({ Patient_ID: '' }),
        await refused({}, { Department_Code: '' }),
        await refused({}, { Physician_Code: '' }),
        await refused({ Karte_Uid: '' }),
        await refused({ Patient_ID: '99999' }),
        await refused({ Perform_Date: '2026-02-30' }),
        await refused({ Perform_Date: '2015-03-31' }),
        await refused({}, { Department_Code: '99' }),
        await refused({}, { Physician_Code: '99999' }),
        await refused({}, { HealthInsurance_Information: {} }),
        await refused({}, { HealthInsurance_Information: { Insurance_Combination_Number: '0099' } }),
        await refused({}, { HealthInsurance_Information: { InsuranceProvider_Class: '999' } }),
        await refused({}, { Medical_Information: { OffTime: '9' } }),
        await refused({}, { Medical_Information: { Doctors_Fee: '77' } }),
        await refused({ Request_Number: '55' }),
      ],
      ['E01', 'E02', 'E03', 'E04', 'E10', 'E11', 'E12', 'E13', 'E14', 'E15', 'E16', 'E17', 'E18', 'E19', 'E91'],
    );
    const preview = await step(orca, 31, {
      Request_Number: '00',
      Patient_ID: '3',
      Diagnosis_Information: { Department_Code: '01' },
    });
    equal(at(preview.record, 'Api_Result'), '000');
    equal(at(preview.record, 'Orca_Uid'), '');
    equal(orca.clinic.locks.all().length, 0);
  });
});
