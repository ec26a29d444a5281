import assert from 'node:assert/strict';
import { openLog } from '../../log.ts';
import { Lines } from './lines.ts';

describe('the net below the rule that nobody logs patients or credentials', () => {
  const caught = (fields: object): string => {
    const lines = new Lines();
    openLog({ level: 'trace', format: 'json' }, lines).info(fields, 'x');
    return lines.text;
  };

  for (const name of ['patient', 'query', 'body', 'headers', 'authorization', 'cookie', 'password', 'token', 'note'])
    it(`catches ${name}, at the top and below`, () => {
      for (const fields of [{ [name]: 'SECRET' }, { a: { [name]: 'SECRET' } }, { a: { b: { [name]: 'SECRET' } } }]) {
        assert.doesNotMatch(caught(fields), /SECRET/);
        assert.match(caught(fields), /\[redacted\]/);
      }
    });

  it('cuts the query off every address', () => {
    for (const name of ['path', 'url', 'target'])
      assert.match(caught({ [name]: '/api01rv2/patientgetv2?id=00012' }), /patientgetv2\?…"/);
  });

  it('lets through what belongs there', () => {
    const line = caught({
      requestId: 'r',
      partner: 'emr',
      environment: 'operational',
      code: 'x',
      epoch: 3,
      path: '/a',
    });
    assert.match(line, /"requestId":"r","partner":"emr","environment":"operational","code":"x","epoch":3,"path":"\/a"/);
  });
});
