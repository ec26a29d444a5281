import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { requestNumberOf } from '../../orca/request-number.ts';

interface Said {
  readonly contentType?: string;
  readonly contentEncoding?: string;
}

function numberIn(body: string | Buffer, said: Said = {}): string | null | undefined {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const { contentType, contentEncoding } = said;
  return requestNumberOf({ bytes, contentType, contentEncoding }, null).number;
}

const XML = '<data><acceptreq type="record"><Request_Number type="string">00</Request_Number></acceptreq></data>';
const JSON_00 = '{"acceptreq":{"Request_Number":"00"}}';

describe('the Request_Number of a body', () => {
  const read: [string, string][] = [
    ['XML2', XML],
    ['XML2 with a declaration', `<?xml version="1.0" encoding="UTF-8"?>\n${XML}\n`],
    ['XML2 with a declaration in apostrophes', `<?xml version='1.0' encoding='utf-8' standalone='yes'?>${XML}`],
    ['XML2 behind a byte order mark', `\uFEFF${XML}`],
    ['XML2 with lines and indentation', XML.replaceAll('><', '>\n  <')],
    ['XML2 with a comment elsewhere', XML.replace('<acceptreq', '<!-- 受付 --><acceptreq')],
    ['XML2 without types', '<data><a><Request_Number>00</Request_Number><Patient_ID/></a></data>'],
    ['XML2 where it is not the first field', XML.replace('<Request', '<Karte_Uid>a&gt;b</Karte_Uid><Request')],
    ['XML2 that says it twice alike', XML.replace('</acceptreq>', '<Request_Number>00</Request_Number></acceptreq>')],
    ['JSON', JSON_00],
    ['JSON with blanks', ' {\r\n\t"acceptreq" : { "Request_Number" : "00" , "x" : [ 1 , {} , null , true ] } } \n'],
    ['JSON where it is not the first field', '{"a":{"k":"\\"}{\\\\","Request_Number":"00"}}'],
  ];
  for (const [form, body] of read) it(`is read from ${form}`, () => assert.equal(numberIn(body), '00'));

  const absent = [
    '<data><a></a></data>',
    '<data><a><Patient_ID>1</Patient_ID></a></data>',
    '{"a":{}}',
    '{"a":{"b":"c"}}',
  ];
  for (const body of absent) it(`is absent from ${body}`, () => assert.equal(numberIn(body), null));

  const unclear: [string, string][] = [
    ['nothing', ''],
    ['a form', 'Request_Number=00'],
    ['an XML text that is cut', XML.slice(0, -1)],
    ['a JSON text that is cut', JSON_00.slice(0, -1)],
    ['two numbers', XML.replace('</acceptreq>', '<Request_Number>01</Request_Number></acceptreq>')],
    ['two numbers in JSON', '{"a":{"Request_Number":"00","Request_Number":"01"}}'],
    ['a second number in lower case', XML.replace('</acceptreq>', '<request_number>01</request_number></acceptreq>')],
    ['a second number in lower case in JSON', '{"a":{"Request_Number":"00","request_number":"01"}}'],
    [
      'a second number in another namespace',
      XML.replace('</acceptreq>', '<x:Request_Number>01</x:Request_Number></acceptreq>'),
    ],
    ['a second number deeper', XML.replace('</acceptreq>', '<b><Request_Number>01</Request_Number></b></acceptreq>')],
    ['a second, empty one', XML.replace('</acceptreq>', '<Request_Number/></acceptreq>')],
    ['a misspelt number that differs', XML.replace('</acceptreq>', '<Reqest_Number>01</Reqest_Number></acceptreq>')],
    ['only a misspelt number', '<data><a><Reqest_Number>00</Reqest_Number></a></data>'],
    ['only a number in lower case', '<data><a><request_number>00</request_number></a></data>'],
    ['only a deeper number', '<data><a><b><Request_Number>00</Request_Number></b></a></data>'],
    ['only a number at the root', '<data><Request_Number>00</Request_Number></data>'],
    ['two roots', `<data>${XML.slice(6, -7)}<acceptreq></acceptreq></data>`],
    ['two roots in JSON', '{"a":{"Request_Number":"00"},"b":{}}'],
    ['two documents', `${XML}${XML}`],
    ['a second document that is empty', `${XML}<data></data>`],
    ['two documents in JSON', `${JSON_00}${JSON_00}`],
    ['a comment inside', '<data><a><Request_Number>0<!-- -->0</Request_Number></a></data>'],
    ['a CDATA section inside', '<data><a><Request_Number><![CDATA[00]]></Request_Number></a></data>'],
    ['an element inside', '<data><a><Request_Number>00<b/></Request_Number></a></data>'],
    ['a DTD', `<!DOCTYPE data [<!ENTITY n "01">]>${XML}`],
    ['tags that do not match', '<data><a><Request_Number>00</Request_Number></b></data>'],
    ['a number that is a number', '{"a":{"Request_Number":0}}'],
    ['a number in a list', '{"a":{"Request_Number":["00"]}}'],
    ['a list around it', '[{"Request_Number":"00"}]'],
    ['an escaped name', '{"a":{"Request_Number":"00","Request\\u005fNumber":"01"}}'],
    ['a raw newline in a string', '{"a":{"x":"\n","Request_Number":"00"}}'],
    ['comments in JSON', '{"a":{/* "x" */"Request_Number":"00"}}'],
    ['single quotes in JSON', "{'a':{'Request_Number':'00'}}"],
    ['a foreign encoding in the declaration', `<?xml version="1.0" encoding="UTF-16"?>${XML}`],
    ['a strange declaration', `<?xml version="1.0" encoding="UTF-8" encoding="UTF-7"?>${XML}`],
    ['a nesting without end', '{"a":'.repeat(5000)],
    ['an XML nesting without end', '<a>'.repeat(5000)],
  ];
  for (const [what, body] of unclear) it(`is unclear with ${what}`, () => assert.equal(numberIn(body), undefined));

  it('is unclear in UTF-16, with and without a byte order mark', () => {
    for (const text of [XML, `\uFEFF${XML}`, JSON_00]) assert.equal(numberIn(Buffer.from(text, 'utf16le')), undefined);
  });

  it('is unclear where the sender says that the bytes are something else', () => {
    assert.equal(numberIn(XML, { contentEncoding: 'gzip' }), undefined);
    assert.equal(numberIn(XML, { contentEncoding: 'identity, deflate' }), undefined);
    assert.equal(numberIn(XML, { contentType: 'application/xml; charset=UTF-16' }), undefined);
    assert.equal(numberIn(XML, { contentType: 'application/xml; charset=UTF-8; charset=Shift_JIS' }), undefined);
    assert.equal(numberIn(XML, { contentType: 'application/xml; charset' }), undefined);
  });

  it('is read where the sender says what is so', () => {
    assert.equal(numberIn(XML, { contentEncoding: 'identity' }), '00');
    for (const contentType of ['application/xml; charset=UTF-8', 'text/xml;charset="utf-8"; x=y', 'application/json']) {
      assert.equal(numberIn(XML, { contentType }), '00');
    }
  });

  it('is unclear where the body is longer than what is looked at', () => {
    const filling = 'x'.repeat(64 * 1024);
    assert.equal(numberIn(XML.replace('</acceptreq>', `<b>${filling}</b></acceptreq>`)), undefined);
    assert.equal(numberIn(`${XML}${' '.repeat(64 * 1024)}`), undefined);
  });

  it('is the value that a JSON parser finds, or unclear', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.stringMatching(/^\d\d$/), (fields, number) => {
        const body = { root: { ...fields, Request_Number: number } };
        const found = numberIn(JSON.stringify(body));
        assert.ok(found === undefined || found === number);
        const isOdd = Object.keys(fields).some((name) => /\\|request|reqest/i.test(JSON.stringify(name)));
        if (!isOdd && !JSON.stringify(fields).includes('\\')) assert.equal(found, number);
      }),
    );
  });

  it('is never taken from a text that hides another one', () => {
    const hiding = fc.constantFrom(
      (inner: string) => `<!--${inner}-->`,
      (inner: string) => `<b><![CDATA[${inner}]]></b>`,
      (inner: string) => `<b x="${inner.replaceAll('<', '&lt;')}"/>`,
      (inner: string) => `<b>${inner}</b>`,
      (inner: string) => inner.toUpperCase(),
      (inner: string) => inner.replaceAll('Request', 'Reqest'),
      (inner: string) => `<?pi ${inner}?>`,
    );
    fc.assert(
      fc.property(hiding, fc.boolean(), (hide, isBefore) => {
        const decoy = hide('<Request_Number>00</Request_Number>');
        const real = '<Request_Number>01</Request_Number>';
        const found = numberIn(`<data><a>${isBefore ? decoy + real : real + decoy}</a></data>`);
        assert.ok(found === undefined || found === '01');
      }),
    );
  });
});
