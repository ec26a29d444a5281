import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OrcaRecord } from '../../orca/message.ts';
import { RESULT_KINDS, resultKind, resultOf } from '../../orca/result.ts';
import { referenceFolder } from '../support/reference.ts';

describe('the kind of an Api_Result', () => {
  const table: Record<(typeof RESULT_KINDS)[number], string[]> = {
    ok: ['00', '000', '0000', '00000'],
    warning: ['K0', 'K1', 'K9', 'K01', 'K910', 'W00', 'W01', 'WK1', 'W001'],
    question: ['S20', 'S30', 'S40'],
    locked: ['90', 'E90', '0090', 'E0090'],
    refused: [
      '01',
      '10',
      '80',
      '92',
      'H1',
      'P1',
      'P2',
      'E01',
      'E10',
      'E42',
      'E3a',
      '0005',
      '1001',
      'E0072',
      'E1001',
      'E1038',
    ],
    broken: ['89', '91', '97', '98', '99', 'E89', 'E91', 'E97', 'E98', 'E99', '0089', '0091', '0097', '0098', '0099'],
  };
  table.broken.push(
    '8901',
    '8099',
    'E0089',
    'E0099',
    'E8915',
    '',
    '0',
    '000000',
    'OK',
    '処理終了',
    'e90',
    ' 00',
    '00 ',
  );
  for (const kind of RESULT_KINDS) {
    for (const code of table[kind])
      it(`${JSON.stringify(code)} is ${kind}`, () => assert.equal(resultKind(code), kind));
  }

  it('of incomev3 is locked when the same Karte_Uid is in use elsewhere', () => {
    assert.equal(resultKind('E1038', 'incomev3'), 'locked');
  });
});

function outcome(call: string, code: string | undefined, rest: OrcaRecord = {}): string {
  const answer = code === undefined ? rest : { Api_Result: code, ...rest };
  const { kind, isIncomplete, isPartlyDone } = resultOf(call, answer);
  return [kind, isIncomplete && 'incomplete', isPartlyDone && 'partly done'].filter(Boolean).join(', ');
}

describe('the outcome of a call', () => {
  const truncations: [string, string][] = [
    ['medicalgetv2', '14'],
    ['patientlst1v2', '10'],
    ['diseasegetv2', '20'],
    ['visitptlstv2', '12'],
    ['visitptlstv2', '14'],
    ['acceptlstv2', '20'],
    ['tmedicalgetv2', '14'],
  ];
  for (const [call, code] of truncations) {
    it(`is usable but incomplete: ${call} ${code}`, () => assert.equal(outcome(call, code), 'warning, incomplete'));
    it(`is a refusal with the same code of another call: ${code}`, () =>
      assert.equal(outcome('patientgetv2', code), 'refused'));
  }

  it('is incomplete where an overflow flag says so, in either case of letters', () => {
    assert.equal(outcome('diseasegetv2', '00', { Information_Overflow: 'True' }), 'ok, incomplete');
    assert.equal(outcome('incomeinfv2', '0000', { Income_Information_Overflow: 'true' }), 'ok, incomplete');
    assert.equal(outcome('incomeinfv2', '0000', { Unpaid_Money_Information_Overflow: 'true' }), 'ok, incomplete');
    assert.equal(outcome('diseasegetv2', '00', { Information_Overflow: 'False' }), 'ok');
  });

  it('is partly done where a call keeps one half', () => {
    assert.equal(outcome('medicalmodv2', '20'), 'refused, partly done');
    assert.equal(outcome('medicalmodv2', '21'), 'refused, partly done');
    assert.equal(outcome('diseasev3', 'E42'), 'refused, partly done');
    assert.equal(outcome('medicalmodv2', '80'), 'refused');
    assert.equal(outcome('subjectivesv2', '20'), 'refused');
  });

  it('never depends on the message', () => {
    assert.equal(outcome('acceptmodv2', '16', { Api_Result_Message: '処理終了' }), 'refused');
    assert.equal(outcome('acceptmodv2', 'K1', { Api_Result_Message: 'エラー' }), 'warning');
  });

  it('is broken where the answer has no Api_Result, or one that is not text', () => {
    assert.equal(outcome('acceptlstv2', undefined), 'broken');
    assert.equal(outcome('acceptlstv2', undefined, { Api_Result: ['00'] }), 'broken');
    assert.equal(outcome('acceptlstv2', undefined, { Api_Result: {} }), 'broken');
  });

  it('knows no call by the name of something else', () => assert.equal(outcome('constructor', '14'), 'refused'));
});

function codes(): string[][] {
  const text = readFileSync(join(referenceFolder() ?? '', 'error-codes-v5.1.tsv'), 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t').slice(1));
}

const suite = referenceFolder() === undefined ? describe.skip : describe;
suite('the kind of every code of ORCA 5.1 (skipped where the reference folder is not there)', () => {
  it('is locked for the messages that say so, and for no other', () => {
    for (const [code = '', message = ''] of codes()) {
      const isLock = /^他端末で?使用中/.test(message);
      assert.equal(resultKind(code) === 'locked', isLock, `${code} ${message}`);
    }
  });

  it('is broken for what could not be read or begun', () => {
    for (const [code = '', message = ''] of codes()) {
      const isUnread =
        /^(?:送信内容(?:に誤り|の読込)|ユーザＩＤ(?:が)?未登録(?:です)?。?$|処理区分未設定|リクエスト番号(?:が?不正|がありません))/.test(
          message,
        );
      if (isUnread && /^E?(?:00)?9\d$/.test(code)) assert.equal(resultKind(code), 'broken', `${code} ${message}`);
    }
  });
});
