import { addDays, weekday } from '../clock.ts';
import { actOf, className, DEPARTMENTS, PHYSICIANS } from '../masters.ts';
import type { Random } from '../random.ts';
import { zeroPadded } from '../text.ts';
import { rateOf } from './insurances.ts';
import type { Clinic } from './open.ts';
import type { ActBlock } from './visits.ts';

/** Which codes make one block, and how often it was done. */
type Prescription = readonly (readonly [codes: readonly string[], count: string])[];
const USUAL: readonly [Prescription, ...Prescription[]] = [
  [
    [['112007410', '112015770'], '1'],
    [['112011010'], '1'],
    [['620000033'], '28'],
  ],
  [
    [['112007410', '112015770'], '1'],
    [['113001810'], '1'],
    [['620000033', '620000044'], '14'],
  ],
  [
    [['111000110'], '1'],
    [['620000044'], '5'],
    [['160000310'], '1'],
  ],
  [
    [['112007410'], '1'],
    [['160008010', '160000310'], '1'],
  ],
  [
    [['112007410'], '1'],
    [['620001402'], '7'],
  ],
  [
    [['111000110'], '1'],
    [['170000410'], '1'],
    [['140000610'], '1'],
  ],
  [
    [['112007410'], '1'],
    [['130000510'], '1'],
    [['120002910'], '1'],
  ],
];

/** A block of known acts as it is stored. */
export function block(codes: readonly string[], count: string): ActBlock {
  const items = codes.flatMap((code) => {
    const act = actOf(code);
    if (act === undefined) return [];
    const { name, points, unit } = act;
    return [{ code, name, number: '1', unit: unit?.code ?? '', unitName: unit?.name ?? '', points }];
  });
  const first = actOf(codes[0] ?? '')?.class ?? '800';
  const points = items.reduce((sum, item) => sum + item.points, 0);
  return { class: first, name: className(first), count, points, items };
}

/** Points of a whole visit. */
export function totalPoints(blocks: readonly ActBlock[]): number {
  return blocks.reduce((sum, each) => sum + each.points * (Number(each.count) || 1), 0);
}

/** What the patient pays, to the nearest ten yen, as 会計 rounds. */
export function charge(points: number, rate: number): number {
  return Math.round(points * rate) * 10;
}

/** Fills so many days before today with visits, Sundays off; slips run on from the last one drawn. */
export function addHistory(clinic: Clinic, random: Random, days: number, visitsPerDay: number, today: string): void {
  const people = clinic.db
    .prepare<[], { ptid: number; created: string }>(`select ptid, creymd created from tbl_ptinf`)
    .all();
  const acts = USUAL.map((usual) => {
    const blocks = usual.map(([codes, count]) => block(codes, count));
    return { id: clinic.visits.actsId(blocks), points: totalPoints(blocks) };
  });
  const rates = new Map<number, { readonly combination: string; readonly rate: number }>();
  let slip = clinic.counters.last('outpatientSlip');
  for (let back = days; back >= 1; back--) {
    const date = addDays(today, -back);
    if (weekday(date) === 0) continue;
    const seen = new Set<number>();
    for (let index = 0, drawn = 0; index < visitsPerDay && drawn < visitsPerDay * 3; drawn++) {
      const chosen = people[random.below(people.length)];
      const done = acts[random.below(acts.length)];
      if (chosen === undefined || done === undefined || seen.has(chosen.ptid) || chosen.created > date) continue;
      seen.add(chosen.ptid);
      index++;
      const paysBy = rates.get(chosen.ptid) ?? payment(clinic, chosen.ptid);
      rates.set(chosen.ptid, paysBy);
      const charged = charge(done.points, paysBy.rate);
      const minutes = 9 * 60 + Math.floor((index * 8 * 60) / visitsPerDay);
      clinic.visits.addRow({
        slip: ++slip,
        groupSlip: slip,
        ptid: chosen.ptid,
        inOut: '2',
        date,
        department: random.chance(0.8) ? '01' : random.pick(DEPARTMENTS).code,
        sequence: 1,
        combination: paysBy.combination,
        physician: random.pick(PHYSICIANS).code,
        outside: 'False',
        offTime: '0',
        acts: done.id,
        points: done.points,
        charged,
        paid: random.chance(0.97) ? charged : 0,
        created: date,
        updated: date,
        updatedTime: `${zeroPadded(Math.floor(minutes / 60), 2)}:${zeroPadded(minutes % 60, 2)}:${zeroPadded(random.below(60), 2)}`,
      });
    }
  }
  clinic.counters.set('outpatientSlip', slip);
}

function payment(clinic: Clinic, ptid: number): { combination: string; rate: number } {
  const combination = clinic.insurances.combinations(ptid).at(-1);
  return combination === undefined
    ? { combination: '0000', rate: 1 }
    : { combination: combination.number, rate: rateOf(combination) };
}
