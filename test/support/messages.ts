import * as fc from 'fast-check';
import { isEmpty, isList, isRecord } from '../../orca/message.ts';
import type { OrcaMessage, OrcaRecord, OrcaValue } from '../../orca/xml2.ts';

/** Any message whose characters XML 1.0 can hold, empty values and lists in lists included. */
export const messages: fc.Arbitrary<OrcaMessage> = fc
  .letrec<{ value: OrcaValue; record: OrcaRecord }>((tie) => {
    // oxlint-disable-next-line no-control-regex -- what XML cannot hold
    const text = fc
      .string({ unit: 'binary' })
      .map((raw) => raw.replaceAll(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''));
    return {
      record: fc.dictionary(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/), tie('value'), { maxKeys: 5 }),
      value: fc.oneof({ maxDepth: 5 }, text, fc.array(tie('value'), { maxLength: 4 }), tie('record')),
    };
  })
  .record.map((record) => ({ root: 'patientmodreq', record }));

/** The message as it comes back: WebORCA omits empty elements. */
export function withoutEmpties({ root, record }: OrcaMessage): OrcaMessage {
  return { root, record: filled(record) };
}

function filled(record: OrcaRecord): OrcaRecord {
  const fields = Object.entries(record).filter(([, field]) => !isEmpty(field));
  return Object.fromEntries(fields.map(([name, field]) => [name, value(field)]));
}

function value(field: OrcaValue): OrcaValue {
  if (isList(field)) return field.filter((item) => !isEmpty(item)).map(value);
  return isRecord(field) ? filled(field) : field;
}
