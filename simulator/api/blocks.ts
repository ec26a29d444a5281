import type { OrcaRecord } from '../../orca/xml2.ts';
import type { ActBlock, ActItem } from '../clinic/visits.ts';
import { recordsOf, textOf } from '../draft.ts';
import { actOf, className, pointsOf } from '../masters.ts';

/** Acts as a request sends them, block by block; `items` is the array's name, which differs between the calls. */
export function blocksFrom(
  sent: readonly OrcaRecord[],
  items: 'Medication_info' | 'Medication_Info',
): readonly ActBlock[] {
  return sent.map((each) => blockFrom(each, recordsOf(each, items))).filter((block) => block.items.length > 0);
}

function blockFrom(sent: OrcaRecord, lines: readonly OrcaRecord[]): ActBlock {
  const items = lines.map(itemFrom).filter((item) => item.code !== '');
  const code = textOf(sent, 'Medical_Class') || (actOf(items[0]?.code ?? '')?.class ?? '');
  return {
    class: code,
    name: textOf(sent, 'Medical_Class_Name') || className(code),
    count: textOf(sent, 'Medical_Class_Number') || '1',
    points: items.reduce((sum, item) => sum + item.points * (Number(item.number) || 1), 0),
    items,
  };
}

function itemFrom(sent: OrcaRecord): ActItem {
  const code = textOf(sent, 'Medication_Code');
  const act = actOf(code);
  return {
    code,
    name: act?.name ?? textOf(sent, 'Medication_Name'),
    number: textOf(sent, 'Medication_Number') || '1',
    unit: act?.unit?.code ?? '',
    unitName: act?.unit?.name ?? '',
    points: pointsOf(code),
  };
}
