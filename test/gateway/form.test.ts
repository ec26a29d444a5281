import assert from 'node:assert/strict';
import { formOf, writeApiResult, writeRefusal, type Asked } from '../../gateway/form.ts';
import { refusalCodes, refusalOf, type RefusalCode } from '../../gateway/refusal.ts';
import { parseJson, parseXml2 } from '../../orca/xml2.ts';

const NOTHING: Asked = { path: '/api/api01rv2/acceptlstv2', query: '', contentType: undefined, body: null };

function asked(given: Partial<Asked> & { text?: string }): Asked {
  return { ...NOTHING, ...given, ...(given.text !== undefined && { body: Buffer.from(given.text) }) };
}

function refused(code: RefusalCode, given: Parameters<typeof asked>[0] = {}) {
  const { status, contentType, body } = writeRefusal(code, refusalOf(code), asked(given));
  return { status, contentType, text: body.toString('utf8') };
}

function apiResult(code: RefusalCode, given: Parameters<typeof asked>[0] = {}) {
  const { status, contentType, body } = writeApiResult(code, refusalOf(code), asked(given));
  return { status, contentType, text: body.toString('utf8') };
}

describe('a refusal has the form that the request used', () => {
  const forms: [string, Parameters<typeof asked>[0], string][] = [
    ['format=json', { query: '?class=01&format=json' }, 'json'],
    ['format=json before others', { query: '?format=json&class=01' }, 'json'],
    ['format=json, though the body is XML', { query: '?format=json', contentType: 'application/xml' }, 'json'],
    ['another format', { query: '?format=jsonp' }, 'xml2'],
    ['a JSON body', { contentType: 'application/json; charset=UTF-8' }, 'json'],
    ['a JSON body in capitals', { contentType: 'Application/JSON' }, 'json'],
    ['an XML body', { path: '/anything', contentType: 'application/xml' }, 'xml2'],
    ['text/xml', { path: '/anything', contentType: 'text/xml; charset=UTF-8' }, 'xml2'],
    ['a GET of a known call', { path: '/api/api01rv2/patientgetv2' }, 'xml2'],
    ['the other form of its path', { path: '/api01rv2/patientgetv2' }, 'xml2'],
    ['orca11', { path: '/orca11/acceptmodv2' }, 'xml2'],
    ['a HAORI call', { path: '/api/api21/medicalmodv31' }, 'xml2'],
    ['no call of WebORCA', { path: '/favicon.ico' }, 'problem'],
    ['no path at all', { path: '' }, 'problem'],
    ['a form body', { path: '/login', contentType: 'application/x-www-form-urlencoded' }, 'problem'],
  ];
  for (const [name, given, form] of forms) it(`${name}: ${form}`, () => assert.equal(formOf(asked(given)), form));

  for (const code of refusalCodes().filter((one) => one !== 'unknown-partner')) {
    const { status, ja, en } = refusalOf(code);

    it(`${code} in XML2`, () => {
      const xml = refused(code, { contentType: 'application/xml', text: '<data><acceptreq type="record"/></data>' });
      assert.deepEqual([xml.status, xml.contentType], [status, 'application/xml; charset=UTF-8']);
      const { root, record } = parseXml2(xml.text);
      assert.equal(root, 'acceptres');
      assert.equal(record['Api_Result_Message'], `${ja}（${code}）`);
      assert.equal(record['Api_Result_Message_English'], en);
    });

    it(`${code} in WebORCA’s JSON`, () => {
      const json = refused(code, { query: '?format=json' });
      assert.deepEqual([json.status, json.contentType], [status, 'application/json; charset=UTF-8']);
      assert.deepEqual(JSON.parse(json.text), {
        Code: status,
        Message: `code=${status}, error=${code}, message=${ja} / ${en}`,
      });
      assert.ok(json.text.endsWith('}\n'));
    });

    it(`${code} as problem+json`, () => {
      const problem = refused(code, { path: '/' });
      assert.deepEqual([problem.status, problem.contentType], [status, 'application/problem+json; charset=UTF-8']);
      assert.deepEqual(JSON.parse(problem.text), { type: 'about:blank', status, title: en, detail: ja, code });
    });

    it(`${code} as HTTP 200 with an Api_Result`, () => {
      const xml = apiResult(code);
      assert.deepEqual([xml.status, xml.contentType], [200, 'application/xml; charset=UTF-8']);
      assert.ok(['89', '90'].some((result) => result === parseXml2(xml.text).record['Api_Result']));
      const json = apiResult(code, { query: '?format=json' });
      assert.deepEqual([json.status, json.contentType], [200, 'application/json; charset=UTF-8']);
      assert.equal(parseJson(json.text).record['Api_Result_Message_English'], en);
    });
  }
});

describe('an unknown partner', () => {
  it('gets WebORCA’s own 401, byte for byte, in every form', () => {
    for (const given of [{}, { query: '?format=json' }, { path: '/' }, { contentType: 'application/xml' }]) {
      assert.deepEqual(refused('unknown-partner', given), {
        status: 401,
        contentType: 'application/json',
        text: '{"Code":401,"Message":"code=401, message=Unauthorized"}\n',
      });
    }
  });
});

describe('the root of an answer', () => {
  const roots: [string, Parameters<typeof asked>[0], string][] = [
    ['is named after the request’s', { text: '<data>\n<acceptreq type="record">' }, 'acceptres'],
    [
      'also behind a prolog',
      { text: '<?xml version="1.0" encoding="UTF-8"?>\n<data><medicalreq type="record">' },
      'medicalres',
    ],
    ['keeps its number', { text: '<data><medicalv3req1 type="record">' }, 'medicalv3res1'],
    ['also where it is empty', { text: '<data><diseasereq/></data>' }, 'diseaseres'],
    ['also in JSON', { text: '{ "acceptlstreq": {} }' }, 'acceptlstres'],
    ['is patientinfores for patientgetv2, which has no body', { path: '/api/api01rv2/patientgetv2' }, 'patientinfores'],
    ['is private_objects where nothing tells', { text: '' }, 'private_objects'],
    ['or where the body is something else', { text: 'x=1' }, 'private_objects'],
    ['or is named unlike a request', { text: '<data><private_objects type="record">' }, 'private_objects'],
    ['or would be markup', { text: '<data><a"req><b' }, 'private_objects'],
  ];
  for (const [name, given, root] of roots) {
    it(name, () => {
      assert.equal(parseXml2(refused('connect-failed', { contentType: 'text/xml', ...given }).text).root, root);
      assert.equal(parseXml2(apiResult('connect-failed', given).text).root, root);
      assert.equal(parseJson(apiResult('connect-failed', { ...given, query: '?format=json' }).text).root, root);
    });
  }
});

describe('the Api_Result', () => {
  const results: [string, RefusalCode, string, string][] = [
    [
      'is 90, which every client repeats, where nothing was sent',
      'environment-busy',
      '/api/api01rv2/acceptlstv2',
      '90',
    ],
    ['is 89 where the outcome is unknown', 'first-byte-timeout', '/api/orca11/acceptmodv2', '89'],
    ['is 89 where repeating would not help', 'body-too-large', '/api/orca11/acceptmodv2', '89'],
    ['has an E in the calls of version 3', 'connect-failed', '/api/api21/medicalmodv31', 'E90'],
    ['also without a screen', 'environment-reset', '/api/orca22/diseasev3', 'E89'],
    ['has four digits in some', 'connect-failed', '/api/api01rv2/systeminfv2', '0090'],
    ['and in some others', 'bad-answer', '/api01rv2/incomeinfv2', '0089'],
    ['and in the last', 'mode-unconfirmed', '/api/orca101/manageusersv2', '0090'],
  ];
  for (const [name, code, path, result] of results) {
    it(name, () => assert.equal(parseXml2(apiResult(code, { path }).text).record['Api_Result'], result));
  }
});
