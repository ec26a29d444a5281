import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { peekField, type PeekName } from '../../orca/peek.ts';

describe('a field peeked at in a body', () => {
  const rows: [string, PeekName, string, string | null][] = [
    ['XML2', 'Patient_ID', '<data><a><Patient_ID type="string">00012</Patient_ID></a></data>', '00012'],
    ['XML2, deep inside', 'Patient_ID', '<x><a><P type="record"><Patient_ID>1</Patient_ID></P></a></x>', '1'],
    ['XML2, the first that is not empty', 'Orca_Uid', '<d><a><Orca_Uid></Orca_Uid><Orca_Uid>u</Orca_Uid></a></d>', 'u'],
    ['XML2 that is cut behind it', 'Api_Result', '<xmlio2><a><Api_Result>00</Api_Result><Res', '00'],
    ['XML2 that is cut within it', 'Api_Result', '<xmlio2><a><Api_Result>00', null],
    [
      'XML2 with references',
      'Medical_Uid',
      '<d><a><Medical_Uid>a&amp;b&#x3042;&nope;</Medical_Uid></a></d>',
      'a&bあ&nope;',
    ],
    ['XML2 with a full-width value', 'Patient_ID', '<d><a><Patient_ID>１２</Patient_ID></a></d>', '１２'],
    ['XML2 behind a byte order mark', 'Patient_ID', '\uFEFF<d><a><Patient_ID>12</Patient_ID></a></d>', '12'],
    ['XML2 where only a comment names it', 'Patient_ID', '<d><a><!--<Patient_ID>1</Patient_ID>--></a></d>', null],
    ['XML2 with the misspelt name', 'Request_Number', '<d><a><Reqest_Number>01</Reqest_Number></a></d>', '01'],
    ['XML2 with another field alike', 'Orca_Uid', '<d><a><Lock_Orca_Uid>1</Lock_Orca_Uid></a></d>', null],
    ['JSON', 'Invoice_Number', '{"a":{"Invoice_Number":"0020672"}}', '0020672'],
    ['JSON without a root record', 'Data_Id', '{"Api_Result":"0000","D":{"Data_Id":"be51440b"}}', 'be51440b'],
    ['JSON in a list', 'Data_Id', '[{"data":{"body":{"Data_Id":"u1"}}}]', 'u1'],
    ['JSON that is cut behind it', 'Acceptance_Id', '{"a":{"Acceptance_Id":"00001","x":"', '00001'],
    ['JSON that is cut within it', 'Acceptance_Id', '{"a":{"Acceptance_Id":"0000', null],
    ['JSON with escapes', 'Medical_Uid', '{"a":{"Medical_Uid":"a\\"\\u3042/"}}', 'a"あ/'],
    ['JSON where it is not text', 'Patient_ID', '{"a":{"Patient_ID":12}}', null],
    ['JSON where it is a value', 'Patient_ID', '{"a":{"x":"Patient_ID","y":"12"}}', null],
    ['nothing', 'Patient_ID', '', null],
    ['a form', 'Patient_ID', 'Patient_ID=12', null],
  ];
  for (const [form, name, body, value] of rows) {
    it(`is ${JSON.stringify(value)} in ${form}`, () => assert.equal(peekField(Buffer.from(body), name), value));
  }

  it('is not found behind 64 KiB', () => {
    const filling = '<x>xxxxxxxxxxxxxxxx</x>'.repeat(4000);
    assert.equal(peekField(Buffer.from(`<d><a>${filling}<Patient_ID>1</Patient_ID></a></d>`), 'Patient_ID'), null);
  });

  it('is not found when it is longer than any of these fields can be', () => {
    assert.equal(
      peekField(Buffer.from(`<d><a><Patient_ID>${'1'.repeat(257)}</Patient_ID></a></d>`), 'Patient_ID'),
      null,
    );
  });

  it('is not found in bytes that are compressed or UTF-16', () => {
    const body = '<d><a><Patient_ID>1</Patient_ID></a></d>';
    assert.equal(peekField(gzipSync(body), 'Patient_ID'), null);
    assert.equal(peekField(Buffer.from(body, 'utf16le'), 'Patient_ID'), null);
  });
});
