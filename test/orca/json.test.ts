import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { MAX_CHARACTERS, MAX_DEPTH } from '../../orca/message.ts';
import { formatJson, type OrcaMessage, OrcaSyntaxError, parseJson } from '../../orca/xml2.ts';
import { messages, withoutEmpties } from '../support/messages.ts';

describe('a message written as JSON', () => {
  it('is compact, without empty values, and ends with a newline', () => {
    const record = {
      Api_Result: '00',
      Reskey: '',
      Rows: [{ Code: '01', Name: '内科' }, { Code: '' }],
      None: {},
      Gone: [],
    };
    const text = '{"departmentres":{"Api_Result":"00","Rows":[{"Code":"01","Name":"内科"}]}}\n';
    assert.equal(formatJson({ root: 'departmentres', record }), text);
  });

  it('fills arrays with {} up to a bound, where old servers are to be imitated', () => {
    const bounds: Record<string, number> = { Rows: 3, 'Patient.Public': 2, Empty: 1, None: 0 };
    const record = {
      Rows: [{ a: '1' }],
      Patient: { Public: [{ b: '2' }, { b: '3' }, { b: '4' }] },
      Empty: [],
      None: [],
    };
    const text = formatJson({ root: 'r', record }, (path) => bounds[path] ?? 0);
    const filled = {
      r: { Rows: [{ a: '1' }, {}, {}], Patient: { Public: [{ b: '2' }, { b: '3' }, { b: '4' }] }, Empty: [{}] },
    };
    assert.deepEqual(JSON.parse(text), filled);
    assert.deepEqual(parseJson(text).record, { Rows: record.Rows, Patient: record.Patient, Empty: [] });
  });

  it('names the bound of an array by the path below the root, without the items', () => {
    const asked: string[] = [];
    const record = { Insurance: [{ Public: [{ c: '1' }] }, { Public: [{ c: '2' }] }] };
    formatJson({ root: 'r', record }, (path) => asked.push(path) * 0);
    assert.deepEqual(new Set(asked), new Set(['Insurance', 'Insurance.Public']));
  });

  it('refuses a name that XML2 could not hold', () => {
    assert.throws(() => formatJson({ root: 'r', record: { 'a b': '1' } }), OrcaSyntaxError);
  });
});

describe('a message read from JSON', () => {
  it('comes back from any message', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const text = formatJson(message);
        assert.deepEqual(parseJson(text), withoutEmpties(message));
        assert.equal(formatJson(parseJson(text)), text);
      }),
    );
  });

  it('is the same with the padding of old servers', () => {
    fc.assert(
      fc.property(messages, fc.nat({ max: 6 }), (message, bound) => {
        const padded = parseJson(formatJson(message, () => bound));
        assert.deepEqual(withoutEmpties(padded), withoutEmpties(message));
      }),
    );
  });

  const tolerated: [string, string, OrcaMessage['record']][] = [
    ['null as absent', '{"r":{"a":null,"b":[null,"1"]}}', { b: ['1'] }],
    ['whole numbers as their digits', '{"r":{"a":12,"b":-3}}', { a: '12', b: '-3' }],
    ['{} among the items', '{"r":{"a":[{},{"b":"1"},{}]}}', { a: [{ b: '1' }] }],
    ['a record that is empty', '{"r":{"a":{}}}', { a: {} }],
    ['names of other objects', '{"r":{"__proto__":"1"}}', JSON.parse('{"__proto__":"1"}')],
  ];
  for (const [what, text, record] of tolerated) {
    it(`takes ${what}`, () => assert.deepEqual(parseJson(text), { root: 'r', record }));
  }

  const refused: [string, string][] = [
    ['nothing', ''],
    ['a cut text', '{"r":{'],
    ['XML', '<data></data>'],
    ['a list', '[{"data":{}}]'],
    ['no root', '{}'],
    ['two roots', '{"r":{},"s":{}}'],
    ['a root of text', '{"r":"x"}'],
    ['a root that is a list', '{"r":[]}'],
    ['WebORCA’s error body', '{"Code":404,"Message":"code=404, message=Not Found"}'],
    ['a truth value', '{"r":{"a":true}}'],
    ['a number with a fraction', '{"r":{"a":1.50}}'],
    ['a number too large to keep', '{"r":{"a":12345678901234567890}}'],
    ['a name that is none', '{"r":{"a b":"1"}}'],
    ['a nesting too deep', `{"r":${'{"a":'.repeat(MAX_DEPTH + 1)}"1"${'}'.repeat(MAX_DEPTH + 1)}}`],
    ['lists in lists without end', `{"r":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`],
    ['a text that is too long', `{"r":{"a":"${'x'.repeat(MAX_CHARACTERS)}"}}`],
  ];
  for (const [what, text] of refused)
    it(`refuses ${what}`, () => assert.throws(() => parseJson(text), { code: 'ORCA_SYNTAX' }));
});
