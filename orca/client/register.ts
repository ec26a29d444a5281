import type { OrcaRecord } from '../xml2.ts';
import { readScreenBlocks } from './acts.ts';
import type { Ask } from './call.ts';
import { type Conversation, type ConversationOptions, converse, type Ended } from './conversation.ts';
import { text } from './fields.ts';
import type { Done } from './outcome.ts';
import type { Acts, Head, NewVisit, OpenedVisit, RegisteredVisit, VisitKey } from './visit-forms.ts';
import { diagnosisRecord, firstRecord, keyRecord, methodRecord, moneyRecord, NO_PRINTS } from './visit-forms.ts';
import { readBill, readFee, readOpened, readRegistered } from './visit-forms.ts';

//   new      31/01 ──┐
//                    ├──▶ 32/02 acts ──▶ 32/03 questions ──▶ 33/04 bill ──▶ 33/05 registered: a slip
//   correct  34/01 ──┘

/** medicalmodv31 → 32 → 33: a visit with a slip. */
export function registerVisit(
  ask: Ask,
  visit: NewVisit,
  options: ConversationOptions,
): Promise<Ended<RegisteredVisit>> {
  const { patient, date } = visit;
  const releasing = { call: 'medicalmodv31', record: { Patient_ID: patient, Perform_Date: date } } as const;
  return converse(ask, releasing, options, async (conversation) => {
    const begun = await conversation.step({
      call: 'medicalmodv31',
      number: '01',
      record: firstRecord(visit),
      read: readFee,
    });
    return submit(conversation, { ...visit, time: visit.time ?? '', fee: begun.answer, correcting: null }, visit);
  });
}

/** medicalmodv34 → 32 → 33: the same slip with other acts. `change` is given the visit as it is registered. */
export function correctVisit(
  ask: Ask,
  key: VisitKey,
  change: (visit: OpenedVisit) => Acts,
  options: ConversationOptions,
): Promise<Ended<RegisteredVisit>> {
  const { patient, date } = key;
  const releasing = { call: 'medicalmodv34', record: { Patient_ID: patient, Perform_Date: date } } as const;
  return converse(ask, releasing, options, async (conversation) => {
    const record = { ...keyRecord(key), Patient_Mode: 'Modify' };
    const { answer: opened } = await conversation.step({
      call: 'medicalmodv34',
      number: '01',
      record,
      read: readOpened,
    });
    const head = {
      ...opened,
      patient,
      date,
      time: '',
      insurance: { combination: opened.insurance.combination },
      fee: [],
      correcting: opened.invoice,
    };
    return submit(conversation, head, { isOutside: opened.isOutside, ...change(opened) });
  });
}

/** medicalmodv34: asks (S30) before it deletes. All slips of the visit go. */
export function deleteVisit(
  ask: Ask,
  key: VisitKey,
  options: ConversationOptions,
): Promise<Ended<{ invoice: string }>> {
  const { patient, date } = key;
  const releasing = { call: 'medicalmodv34', record: { Patient_ID: patient, Perform_Date: date } } as const;
  const record = { ...keyRecord(key), Patient_Mode: 'Delete' };
  return converse(ask, releasing, options, (conversation) =>
    conversation.asking({ call: 'medicalmodv34', number: '01', record, read: readDeleted }, (said) => ({
      call: 'medicalmodv34',
      number: '02',
      record: { ...record, Select_Answer: said },
      read: readDeleted,
    })),
  );
}

async function submit(conversation: Conversation, head: Head, acts: Acts): Promise<Done<RegisteredVisit>> {
  const subject = {
    Patient_ID: head.patient,
    Perform_Date: head.date,
    Perform_Time: head.time,
    Patient_Mode: head.correcting === null ? '' : 'Modify',
  };
  const slip = { Invoice_Number: head.correcting ?? '' };
  const blocks = typeof acts.blocks === 'function' ? acts.blocks(head.fee) : acts.blocks;
  await conversation.step({
    call: 'medicalmodv32',
    number: '02',
    record: { ...subject, ...slip, Diagnosis_Information: diagnosisRecord(head, acts, blocks) },
    read: () => null,
  });
  const confirm = (more: OrcaRecord) => ({
    call: 'medicalmodv32' as const,
    number: '03',
    record: { ...subject, ...slip, ...more },
    read: readScreenBlocks,
  });
  const confirmed = await conversation.asking(confirm({}), (said) => confirm({ Select_Answer: said }));
  const unwanted = acts.without?.(confirmed.answer) ?? [];
  const deletion: OrcaRecord =
    unwanted.length === 0
      ? {}
      : { Medical_Mode: '1', Delete_Number_Info: unwanted.map((number) => ({ Delete_Number: number })) };
  const given = typeof acts.payment === 'function' ? null : (acts.payment ?? {});
  const { answer: bill } = await conversation.step({
    call: 'medicalmodv33',
    number: '04',
    record: { ...subject, ...deletion, ...methodRecord(given ?? {}) },
    read: readBill,
  });
  const payment = typeof acts.payment === 'function' ? acts.payment(bill) : (given ?? {});
  return conversation.step({
    call: 'medicalmodv33',
    number: '05',
    record: { ...subject, ...methodRecord(payment), ...moneyRecord(payment), ...NO_PRINTS },
    read: readRegistered,
  });
}

function readDeleted(record: OrcaRecord): { invoice: string } {
  return { invoice: text(record, 'Invoice_Number') };
}
