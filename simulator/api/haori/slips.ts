import type { ConversationBlock, Conversation } from './conversation.ts';
import { totalPoints } from '../../clinic/history.ts';
import type { NewVisit, Visit } from '../../clinic/visits.ts';
import { zeroPadded } from '../../text.ts';
import type { Call } from '../call.ts';
import { costOf } from './shown.ts';

/** The part of a visit that goes on one slip: one department, one insurance. */
export interface SlipPart {
  readonly department: string;
  readonly physician: string;
  readonly combination: string;
  readonly blocks: readonly ConversationBlock[];
  readonly points: number;
  /** yen */
  readonly cost: number;
}

/** The main part first. */
export function partsOf(call: Call, conversation: Conversation): readonly SlipPart[] {
  const main = `${conversation.department} ${conversation.combination}`;
  const grouped = Map.groupBy(
    conversation.blocks,
    (block) => `${block.department ?? conversation.department} ${block.combination ?? conversation.combination}`,
  );
  const keys = [...grouped.keys()].sort((one, other) => Number(other === main) - Number(one === main));
  return keys.map((key) => {
    const blocks = grouped.get(key) ?? [];
    const [department = '', combination = ''] = key.split(' ');
    const points = totalPoints(blocks);
    const physician = blocks.find((block) => block.physician)?.physician ?? conversation.physician;
    return {
      department,
      physician,
      combination,
      blocks,
      points,
      cost: costOf(call, conversation.ptid, combination, points),
    };
  });
}

/** A department takes a patient nine times a day. */
export const MOST_PER_DAY = 9;

export function nextSequence(call: Call, ptid: number, date: string, department: string): number {
  const taken = call.clinic.visits.sameDay(ptid, date).filter((visit) => visit.department === department);
  return Math.max(0, ...taken.map((visit) => visit.sequence)) + 1;
}

/** Writes the visit, slip by slip; a corrected one keeps its slip and its place. */
export function writeVisit(
  call: Call,
  conversation: Conversation,
  parts: readonly SlipPart[],
  paid: number,
): readonly Visit[] {
  const { visits, counters, receptions, unfinished, patients } = call.clinic;
  const old = conversation.slip === null ? undefined : visits.bySlip(conversation.slip);
  if (old) for (const each of visits.group(old.groupSlip, old.ptid)) visits.remove(each.slip);
  const main = old?.slip ?? counters.next('outpatientSlip');
  const sequences = new Map<string, number>();
  let left = paid;
  return parts.map((part, index) => {
    const kept = old?.department === part.department ? old.sequence : undefined;
    const sequence =
      sequences.get(part.department) ??
      kept ??
      nextSequence(call, conversation.ptid, conversation.date, part.department);
    sequences.set(part.department, sequence);
    const received = Math.min(left, part.cost);
    left -= received;
    const visit: Visit = {
      slip: index === 0 ? main : counters.next('outpatientSlip'),
      groupSlip: main,
      ptid: conversation.ptid,
      inOut: '2',
      date: conversation.date,
      department: part.department,
      sequence,
      combination: part.combination,
      physician: part.physician,
      outside: conversation.outside,
      offTime: conversation.offTime,
      points: part.points,
      charged: part.cost,
      paid: received,
      created: old?.created ?? call.at.date,
      updated: call.at.date,
      updatedTime: call.at.time,
    };
    const written: NewVisit = { ...visit, blocks: part.blocks.map(plain) };
    visits.add(written);
    receptions.bill(visit.date, visit.ptid, visit.department, call.at.time);
    const open = unfinished.find(visit.ptid, visit.date, visit.department, visit.combination, '2');
    if (open) unfinished.remove(open.row);
    if (index === 0) patients.touch(visit.ptid, call.at);
    return visit;
  });
}

function plain({ class: kind, name, count, points, items }: ConversationBlock): NewVisit['blocks'][number] {
  return { class: kind, name, count, points, items };
}

export function announceAccount(call: Call, mode: 'add' | 'modify' | 'delete', visits: readonly Visit[]): void {
  const [first] = visits;
  if (first === undefined) return;
  call.announce({
    event: 'patient_account',
    body: {
      Patient_Mode: mode,
      Patient_ID: call.clinic.patients.bySerial(first.ptid)?.number,
      Information_Date: call.at.date,
      Information_Time: call.at.time,
      Perform_Date: first.date,
      Medical_Information: visits.slice(0, 15).map((visit) => ({
        Insurance_Combination_Number: visit.combination,
        Department_Code: visit.department,
        Physician_Code: visit.physician,
        Invoice_Number: zeroPadded(visit.slip, 7),
      })),
    },
  });
}
