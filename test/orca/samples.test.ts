import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { peekField } from '../../orca/peek.ts';
import { resultOf } from '../../orca/result.ts';
import { formatJson, formatXml2, type OrcaMessage, parseJson, parseXml2 } from '../../orca/xml2.ts';
import { referenceFolder } from '../support/reference.ts';

const reference = referenceFolder();

function peeksTheSame(text: string, { record }: OrcaMessage): void {
  const code = record['Api_Result'] ?? null;
  assert.equal(peekField(Buffer.from(text), 'Api_Result'), code);
  if (code !== null) assert.notEqual(resultOf('', record).kind, 'broken');
}

function samples(ending: string): [string, string][] {
  if (reference === undefined) return [];
  const folder = join(reference, 'samples');
  const files = readdirSync(folder).filter((file) => file.endsWith(ending));
  return files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
}

const suite = reference === undefined ? describe.skip : describe;
suite('real answers (skipped where the reference folder is not there)', () => {
  for (const [file, text] of samples('.xml')) {
    it(`is read and comes back: ${file}`, () => {
      const message = parseXml2(text);
      if (text.includes('<xmlio2>')) assert.equal(formatXml2('xmlio2', message), text);
      assert.deepEqual(parseXml2(formatXml2('data', message)), parseXml2(formatXml2('xmlio2', message)));
      assert.deepEqual(parseJson(formatJson(message)), parseXml2(formatXml2('data', message)));
      peeksTheSame(text, message);
    });
  }

  for (const [file, text] of [...samples('.json'), ...samples('200_json.http')]) {
    it(`is read and comes back: ${file}`, () => {
      const body = text.slice(text.indexOf('{'));
      const message = parseJson(body);
      if (file.startsWith('weborca_')) assert.equal(formatJson(message), body);
      assert.deepEqual(parseJson(formatJson(message)), message);
      peeksTheSame(body, message);
    });
  }

  for (const [file, text] of [...samples('404.http'), ...samples('405.http')]) {
    it(`is no message: ${file}`, () => {
      assert.throws(() => parseJson(text.slice(text.indexOf('{'))), { code: 'ORCA_SYNTAX' });
    });
  }

  it('pads as the old server did: the list of 1000 patients', () => {
    for (const [file, text] of samples('patientlst1v2.json')) {
      const padded = formatJson(parseJson(text), (path) => (path === 'Patient_Information' ? 1000 : 0));
      assert.deepEqual(JSON.parse(padded), JSON.parse(text), file);
    }
  });
});
