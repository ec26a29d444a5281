import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { CALLS, type Classified, classify } from '../../orca/catalogue.ts';
import { normalise } from '../../orca/path.ts';
import { referenceFolder } from '../support/reference.ts';
import { ROWS } from './expectations.ts';

function post(path: string, body?: string | Buffer, query = ''): Classified {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return classify({ method: 'POST', path: normalise(path), query, body: bytes });
}

function asXml(number: string, rest = ''): string {
  return `<data><xreq type="record"><Request_Number type="string">${number}</Request_Number>${rest}</xreq></data>`;
}

function asJson(number: string): string {
  return JSON.stringify({ xreq: { Karte_Uid: 'k', Request_Number: number, Patient_ID: '試験' } });
}

function effectWith(lock: string): string {
  return post('/api21/tmedicalmodv2', asXml('01', lock)).effect;
}

function stepIn(mode: string): string | null {
  return post('/orca23/incomev3', asXml('01', mode)).step;
}

function without({ call, effect, step, retriable }: Classified): Omit<Classified, 'needsBody'> {
  return { call, effect, step, retriable };
}

describe('the catalogue of calls', () => {
  for (const { text, method, path, number, answer } of ROWS) {
    it(text, () => {
      const target = { method, path: normalise(path), query: 'class=01&format=json' };
      if (number === null) assert.deepEqual(classify(target), { ...answer, needsBody: false });
      else if (number === '?') {
        assert.deepEqual(classify(target), { ...answer, needsBody: true });
        for (const body of ['', '<data><xreq></xreq></data>', '{"xreq":{}}', asXml('77'), asJson('77')]) {
          assert.deepEqual(post(path, body), { ...answer, needsBody: false }, body);
        }
      } else {
        assert.deepEqual(without(post(path, asXml(number))), answer);
        assert.deepEqual(without(post(path, asJson(number), 'format=json')), answer);
      }
    });
  }

  it('has an expectation for every call that it lists', () => {
    const expected = new Set(ROWS.map(({ path }) => normalise(path).replace(/(blobapi\/).*/, '$1')));
    assert.deepEqual([...new Set(CALLS.map(({ path }) => path))].sort(), [...expected].sort());
  });

  it('gives every call a name of its own', () => {
    assert.equal(new Set(CALLS.map(({ name }) => name)).size, CALLS.length);
  });

  it('never calls anything but a read retriable', () => {
    const decisions = CALLS.flatMap(({ decision, byNumber }) => [decision, ...Object.values(byNumber ?? {})]);
    assert.ok(decisions.every(({ effect, isRepeatable }) => effect === 'read' || !isRepeatable));
  });
});

describe('a method that a call does not take', () => {
  it('is a read that is not sent again where it is safe: WebORCA answers 405', () => {
    const expected = { call: 'acceptmodv2', effect: 'read', step: null, retriable: false, needsBody: false };
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      assert.deepEqual(classify({ method, path: '/api/orca11/acceptmodv2', query: '' }), expected);
    }
  });

  it('is a write where it is not', () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'get']) {
      assert.equal(classify({ method, path: '/api/api01rv2/patientgetv2', query: 'id=1' }).effect, 'write', method);
      assert.equal(classify({ method, path: '/api/blobapi/be51440b', query: '' }).effect, 'write', method);
    }
    assert.equal(classify({ method: 'PUT', path: '/api/api01rv2/acceptlstv2', query: '' }).effect, 'write');
  });

  it('leaves HEAD of a GET call a read that may be sent again', () => {
    const { effect, retriable } = classify({ method: 'HEAD', path: '/api/api01rv2/patientgetv2', query: 'id=1' });
    assert.deepEqual([effect, retriable], ['read', true]);
  });
});

describe('a path that the catalogue does not know', () => {
  const paths = [
    '/',
    '/api',
    '/api/',
    '/api/api01rv2/newcallv9',
    '/orca77/x',
    '/api/orca11/acceptmodv2/',
    '/blobapi/x',
  ];
  for (const path of paths) {
    it(`is a read that is not sent again for a safe method, else a write: ${path}`, () => {
      const read = { call: null, effect: 'read', step: null, retriable: false, needsBody: false };
      assert.deepEqual(classify({ method: 'GET', path, query: '' }), read);
      assert.deepEqual(classify({ method: 'POST', path, query: '' }), { ...read, effect: 'write' });
    });
  }

  it('is a write however a writing call is spelt', () => {
    const writing = ROWS.filter(({ answer, number }) => answer.effect === 'write' && number === null);
    const spelling = fc.constantFrom<(path: string, at: number) => string>(
      (path, at) => path.slice(0, at) + path.slice(at).toUpperCase(),
      (path, at) => `${path.slice(0, at)}%${path.charCodeAt(at).toString(16)}${path.slice(at + 1)}`,
      (path) => `${path}/`,
      (path) => path.replaceAll('/', '//'),
      (path) => `${path};x=1`,
      (path) => `/api${path}`,
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...writing),
        fc.array(spelling, { maxLength: 3 }),
        fc.nat(),
        ({ path }, changes, n) => {
          const spelt = changes.reduce((now, change) => change(now, n % now.length), path);
          assert.equal(post(spelt).effect, 'write', spelt);
        },
      ),
    );
  });
});

describe('a Request_Number that decides', () => {
  const path = '/orca11/acceptmodv2';

  it('makes a read only where the query names no other class: old versions go by the class alone', () => {
    const reads = ['', 'format=json', 'class=', 'class=00', 'class=00&class=', 'klass=01'];
    const writes = ['class=01', 'format=json&class=02', 'cl%61ss=01', 'CLASS=01', 'class=00&class=01', 'x=1;class=01'];
    for (const query of reads) assert.equal(post(path, asXml('00'), query).effect, 'read', query);
    for (const query of writes) assert.equal(post(path, asXml('00'), query).effect, 'write', query);
  });

  it('leaves a release a release whatever class the query names', () => {
    assert.equal(post('/api21/medicalmodv31', asXml('99'), 'class=01').step, 'release');
  });

  it('of tmedicalmodv2 01 is a write with a Lock_Mode: it marks the data as open', () => {
    assert.equal(effectWith(''), 'read');
    assert.equal(effectWith('<Lock_Mode></Lock_Mode>'), 'read');
    assert.equal(effectWith('<Lock_Mode>0</Lock_Mode>'), 'read');
    assert.equal(effectWith('<Lock_Mode>1</Lock_Mode>'), 'write');
    assert.equal(effectWith('<lock_mode>1</lock_mode>'), 'write');
    assert.equal(effectWith('<Lock_Mode>0</Lock_Mode><Lock_Mode>1</Lock_Mode>'), 'write');
    assert.equal(effectWith('<Lock_Mode><!-- -->1</Lock_Mode>'), 'write');
  });

  it('of incomev3 01 goes on with a conversation in mode 02 and begins one in any other', () => {
    assert.equal(stepIn('<Request_Mode>01</Request_Mode>'), 'first');
    assert.equal(stepIn('<Request_Mode>02</Request_Mode>'), 'later');
    assert.equal(stepIn('<Request_Mode>02</Request_Mode><Request_Mode>01</Request_Mode>'), 'first');
  });

  it('counts only as two digits: WebORCA cuts what is longer', () => {
    for (const number of ['000', '00 ', ' 00', '0', '', '００', '01/', '&#48;0']) {
      assert.equal(post(path, asXml(number)).effect, 'write', JSON.stringify(number));
    }
    assert.equal(post('/api21/tmedicalmodv2', asXml('01/', '<Lock_Mode>1</Lock_Mode>')).effect, 'write');
    assert.equal(post('/orca23/incomev3', asXml('01/02')).step, 'first');
  });
});

function readRoutes(): string[] {
  const folder = referenceFolder();
  if (folder === undefined) return [];
  return readFileSync(join(folder, 'program-effects-v5.1.tsv'), 'utf8').trim().split('\n');
}

const ROUTES = readRoutes();
const suite = ROUTES.length === 0 ? describe.skip : describe;
suite('the catalogue against the routes of ORCA 5.1 (skipped where the reference folder is not there)', () => {
  // Written to only for the length of the call (acsimulatev2), or only by other numbers of the same call.
  const READS_OF_WRITERS = [
    'acsimulatev2',
    'acceptmodv2 00',
    'manageusersv2 01',
    'medicalmodv23 00',
    'medicalmodv31 00',
    'medicalmodv35 00',
    'medicalmodv37 00',
    'medicalsetv2 04',
    'tmedicalmodv2 01',
    'birthdeliveryv2 01',
  ];
  const numbers = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

  it('covers them all', () => assert.equal(ROUTES.length, 112));

  for (const line of ROUTES) {
    const [route = '', program = '', writes = ''] = line.split('\t');
    it(`${route} ${program} ${writes}`, () => {
      const known = CALLS.find(({ path }) => path === normalise(route));
      assert.ok(known, 'not in the catalogue');
      if (writes === 'W=0') return;
      const name = known.name;
      if (post(route).effect === 'read')
        assert.ok(READS_OF_WRITERS.includes(name), 'a writing program taken for a read');
      if (READS_OF_WRITERS.includes(name)) return;
      for (const number of numbers) {
        const isRead = post(route, asXml(number)).effect === 'read';
        assert.equal(isRead, READS_OF_WRITERS.includes(`${name} ${number}`), `Request_Number ${number}`);
      }
    });
  }
});
