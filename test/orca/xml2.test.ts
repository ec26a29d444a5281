import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isEmpty, MAX_CHARACTERS, MAX_DEPTH, MAX_FIELDS } from '../../orca/message.ts';
import { formatXml2, type OrcaMessage, OrcaSyntaxError, parseXml2 } from '../../orca/xml2.ts';
import { messages, withoutEmpties } from '../support/messages.ts';

const RECEPTION: OrcaMessage = {
  root: 'acceptres',
  record: {
    Api_Result: 'K1',
    Reskey: '',
    Warnings: [{ Message: '受付日を自動設定しました' }, { Message: '' }],
    Patient_Information: { Patient_ID: '00012', WholeName: '試験　一郎', Sex: '', Nothing: { Deep: '' } },
    Money: '     0',
  },
};

const LINES = `<?xml version="1.0" encoding="UTF-8"?>
<xmlio2>
<acceptres type="record">
<Api_Result type="string">K1</Api_Result>
<Warnings type="array">
<Warnings_child type="record">
<Message type="string">受付日を自動設定しました</Message>
</Warnings_child>
</Warnings>
<Patient_Information type="record">
<Patient_ID type="string">00012</Patient_ID>
<WholeName type="string">試験　一郎</WholeName>
</Patient_Information>
<Money type="string">     0</Money>
</acceptres>
</xmlio2>
`;

describe('a message written as XML2', () => {
  it('stands line by line, without indentation, without empty elements, and ends with a newline', () => {
    assert.equal(formatXml2('xmlio2', RECEPTION), LINES);
  });

  it('is a request in <data>', () => {
    const text = formatXml2('data', { root: 'patientlst1req', record: {} });
    assert.equal(
      text,
      '<?xml version="1.0" encoding="UTF-8"?>\n<data>\n<patientlst1req type="record">\n</patientlst1req>\n</data>\n',
    );
  });

  it('escapes what XML would take for itself, and the carriage return that it would change', () => {
    const text = formatXml2('data', { root: 'r', record: { a: `<&>"'\r\n]]>` } });
    assert.match(text, /<a type="string">&lt;&amp;&gt;"'&#13;\n\]\]&gt;<\/a>/);
  });

  for (const value of ['\u0000', '\u000b', '\ufffe', '\ud800', 'a\udc00b']) {
    it(`refuses a character that XML cannot hold: ${JSON.stringify(value)}`, () => {
      assert.throws(() => formatXml2('data', { root: 'r', record: { a: value } }), OrcaSyntaxError);
    });
  }

  for (const name of ['', '1a', 'a b', 'a><b', 'a:b', 'ａ', 'x'.repeat(129)]) {
    it(`refuses a name that is none: ${JSON.stringify(name.slice(0, 20))}`, () => {
      assert.throws(() => formatXml2('data', { root: 'r', record: { [name]: 'x' } }), OrcaSyntaxError);
      assert.throws(() => formatXml2('data', { root: name, record: {} }), OrcaSyntaxError);
    });
  }
});

describe('a message read from XML2', () => {
  it('is what was written, without the empty values', () => {
    assert.deepEqual(parseXml2(LINES), withoutEmpties(RECEPTION));
  });

  it('comes back from any message whose characters XML can hold', () => {
    fc.assert(
      fc.property(messages, fc.constantFrom('data' as const, 'xmlio2' as const), (message, envelope) => {
        const text = formatXml2(envelope, message);
        assert.deepEqual(parseXml2(text), withoutEmpties(message));
        assert.equal(formatXml2(envelope, parseXml2(text)), text);
      }),
    );
  });

  const tolerated: [string, string, OrcaMessage['record']][] = [
    ['without types', '<data><r><a>1</a><b><c>2</c></b></r></data>', { a: '1', b: { c: '2' } }],
    [
      'with an array by its children',
      '<data><r><X><X_child>1</X_child><X_child>2</X_child></X></r></data>',
      { X: ['1', '2'] },
    ],
    [
      'with an array of records',
      '<data><r><X type="array"><X_child><a>1</a></X_child></X></r></data>',
      { X: [{ a: '1' }] },
    ],
    [
      'with empty containers',
      '<data><r><X type="array"></X><Y type="record"> </Y><Z></Z></r></data>',
      { X: [], Y: {}, Z: '' },
    ],
    [
      'with a record that looks like an array',
      '<data><r><X type="record"><X_child>1</X_child></X></r></data>',
      { X: { X_child: '1' } },
    ],
    ['with an empty root', '<data><r></r></data>', {}],
    ['with a root in one tag', '<data><r/></data>', {}],
    ['with indentation', '<data>\n  <r>\n    <a>1</a>\n  </r>\n</data>', { a: '1' }],
    ['with a CDATA section', '<data><r><a><![CDATA[<&>]]></a></r></data>', { a: '<&>' }],
    ['with references', '<data><r><a>&lt;&#x3042;&quot;</a></r></data>', { a: '<あ"' }],
    ['with comments and instructions', '<?x y?><data><!-- a --><r><a>1</a></r></data><!-- b -->', { a: '1' }],
    ['with white space as a value', '<data><r><a type="string">  </a></r></data>', { a: '  ' }],
    ['with a byte order mark', '\uFEFF<data><r><a>1</a></r></data>', { a: '1' }],
    ['with attributes of other kinds', `<data><r type='record' x="a>b"><a y='"'>1</a></r></data>`, { a: '1' }],
    [
      'with names of other objects',
      '<data><r><__proto__>1</__proto__><constructor>2</constructor></r></data>',
      JSON.parse('{"__proto__":"1","constructor":"2"}'),
    ],
  ];
  for (const [form, text, record] of tolerated) {
    it(`is understood ${form}`, () => assert.deepEqual(parseXml2(text), { root: 'r', record }));
  }

  const refused: [string, string][] = [
    ['nothing', ''],
    ['no XML', 'Patient_ID=1'],
    ['JSON', '{"r":{}}'],
    ['a cut text', '<data><r><a>1</a></r>'],
    ['another envelope', '<html><r></r></html>'],
    ['no root', '<data></data>'],
    ['two roots', '<data><r></r><s></s></data>'],
    ['a root of text', '<data><r>1</r></data>'],
    ['a root that is an array', '<data><r type="array"><r_child>1</r_child></r></data>'],
    ['text between elements', '<data><r>x<a>1</a></r></data>'],
    ['text in a record', '<data><r><a type="record">x</a></r></data>'],
    ['elements in a string', '<data><r><a type="string"><b>1</b></a></r></data>'],
    ['a field twice', '<data><r><a>1</a><a>2</a></r></data>'],
    ['a name with a prefix', '<data><r><x:a>1</x:a></r></data>'],
    ['an unknown entity', '<data><r><a>&nbsp;</a></r></data>'],
    ['a document type', '<!DOCTYPE data><data><r><a>1</a></r></data>'],
    ['an entity', '<!DOCTYPE data [<!ENTITY a "b">]><data><r><a>&a;</a></r></data>'],
    ['an external entity', '<!DOCTYPE data [<!ENTITY a SYSTEM "file:///etc/passwd">]><data><r><a>&a;</a></r></data>'],
    ['a document type in lower case', '<!doctype data><data><r></r></data>'],
    ['a character that XML cannot hold', '<data><r><a>\u0001</a></r></data>'],
    ['a text that is too long', `<data><r><a>${'x'.repeat(MAX_CHARACTERS)}</a></r></data>`],
    ['too many elements', `<data><r><X>${'<X_child/>'.repeat(MAX_FIELDS)}</X></r></data>`],
    ['a nesting without end', '<a>'.repeat(1_000_000)],
    ['a nesting that is hidden by end tags in comments', '<a><!--</a>-->'.repeat(100_000)],
  ];
  for (const [what, text] of refused)
    it(`refuses ${what}`, () => assert.throws(() => parseXml2(text), OrcaSyntaxError));

  it('refuses entities that would grow without end, at once', () => {
    const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY a${n + 1} "${`&a${n};`.repeat(10)}">`).join('');
    const text = `<!DOCTYPE data [<!ENTITY a0 "ha">${laughs}]><data><r><a>&a9;</a></r></data>`;
    assert.throws(() => parseXml2(text), { code: 'ORCA_SYNTAX' });
  });

  it('reads and writes the deepest nesting that it allows, and no deeper', () => {
    const nested = (levels: number): OrcaMessage['record'] => (levels === 1 ? { a: '1' } : { a: nested(levels - 1) });
    const deepest = { root: 'r', record: nested(MAX_DEPTH) };
    assert.deepEqual(parseXml2(formatXml2('data', deepest)), deepest);
    assert.throws(() => formatXml2('data', { root: 'r', record: nested(MAX_DEPTH + 1) }), OrcaSyntaxError);
    const deeper = `<data><r>${'<a>'.repeat(MAX_DEPTH + 1)}1${'</a>'.repeat(MAX_DEPTH + 1)}</r></data>`;
    assert.throws(() => parseXml2(deeper), OrcaSyntaxError);
  });

  it('never throws anything else, whatever the text', () => {
    const piece = fc.constantFrom(
      '<data>',
      '<r>',
      '</r>',
      '</data>',
      '<a',
      '>',
      '/>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '"',
      "'",
      '&',
      ';',
      'x',
      '=',
      '<?',
      '?>',
      '<!D',
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        (text) => {
          try {
            assert.ok(!isEmpty(parseXml2(text).root));
          } catch (error) {
            assert.ok(error instanceof OrcaSyntaxError, String(error));
          }
        },
      ),
    );
  });
});
