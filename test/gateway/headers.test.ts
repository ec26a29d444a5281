import assert from 'node:assert/strict';
import { replyHeaders, requestHeaders } from '../../gateway/headers.ts';

const TOWARDS = { authorization: 'Basic of-the-environment', peer: '192.0.2.7', requestId: 'r-1', plainAnswer: false };
const ADDED = [
  ['Authorization', 'Basic of-the-environment'],
  ['X-Forwarded-For', '192.0.2.7'],
  ['X-Request-Id', 'r-1'],
  ['Via', '1.1 hybrid-gateway'],
];
const BACK = { status: 200, method: 'GET', hybridmode: 'normal', requestId: 'r-1', origin: 'http://orca.local:8000' };

type Pair = [string, string];

function pairs(flat: readonly string[]): Pair[] {
  return flat.flatMap((name, i): Pair[] => (i % 2 === 0 ? [[name, flat[i + 1]!]] : []));
}

function sent(fields: readonly Pair[], context: Parameters<typeof requestHeaders>[1] = TOWARDS): Pair[] {
  return pairs(requestHeaders(fields.flat(), context));
}

function returned(fields: readonly Pair[], context: Partial<typeof BACK> = {}): Pair[] {
  return pairs(replyHeaders(fields.flat(), { ...BACK, ...context }));
}

describe('fields towards an environment', () => {
  const passing: Pair[] = [
    ['Accept', '*/*'],
    ['accept-encoding', 'gzip'],
    ['Content-Type', 'application/xml; charset=UTF-8'],
    ['content-encoding', 'gzip'],
    ['Cookie', 'a=b'],
    ['User-Agent', 'EMR/1.0'],
    ['X-Anything', 'ど'],
    ['X-Forwarded', 'a name that is not in the table'],
    ['Via', '1.1 before'],
    ['Origin', 'http://clinic'],
    ['Range', 'bytes=0-1'],
    ['Cache-Control', 'no-cache'],
  ];
  for (const [name, value] of passing) {
    it(`${name} passes in its spelling`, () => assert.deepEqual(sent([[name, value]])[0], [name, value]));
  }

  it('keep their order and their repetitions', () => {
    const fields: Pair[] = [
      ['X-B', '1'],
      ['x-a', '2'],
      ['X-B', '3'],
    ];
    assert.deepEqual(sent(fields).slice(0, 3), fields);
  });

  const dropped =
    'Connection Keep-Alive Proxy-Connection Proxy-Authorization TE Trailer Upgrade HTTP2-Settings ' +
    'Expect Host Content-Length Transfer-Encoding Forwarded X-Forwarded-For X-Forwarded-Host X-Forwarded-Port ' +
    'X-Forwarded-Proto X-Forwarded-Server X-Forwarded-Ssl X-Real-IP X-Client-Cert ' +
    'Authorization X-Hybridmode X-Hybrid-Data-As-Of X-Request-Id';
  for (const name of dropped.split(' ')) {
    it(`${name} does not pass, however it is written`, () => {
      for (const spelling of [name, name.toLowerCase(), name.toUpperCase(), name.replaceAll('-', '_')]) {
        assert.deepEqual(sent([[spelling, 'mine']]), ADDED, spelling);
      }
    });
  }

  it('that Connection names end here', () => {
    const fields: Pair[] = [
      ['Connection', 'close, X-Mine ,, x-other'],
      ['x-mine', '1'],
      ['X-Other', '2'],
      ['X-Third', '3'],
    ];
    assert.deepEqual(sent(fields), [['X-Third', '3'], ...ADDED]);
  });

  it('that carry the message or its owner cannot be named away', () => {
    const fields: Pair[] = [
      ['Content-Type', 'a/b'],
      ['Content-Encoding', 'gzip'],
      ['Cookie', 'a=b'],
      ['Connection', 'Content-Type, content-encoding, cookie, authorization, x-forwarded-for'],
    ];
    assert.deepEqual(sent(fields), [...fields.slice(0, 3), ...ADDED]);
  });

  it('say the environment’s own credentials, or none', () => {
    const own: Pair[] = [['Authorization', 'Basic of-the-partner']];
    assert.deepEqual(sent(own, { ...TOWARDS, authorization: null }), ADDED.slice(1));
    assert.deepEqual(sent(own), ADDED);
  });

  it('pass the partner’s credentials where they are passed through, and no look-alike', () => {
    const own: Pair[] = [
      ['authorization', 'Basic of-the-partner'],
      ['x_authorization', 'kept: no credential'],
    ];
    assert.deepEqual(sent(own, { ...TOWARDS, authorization: { pass: true } }), [...own, ...ADDED.slice(1)]);
    assert.deepEqual(
      sent([['Proxy_Authorization', 'x']], { ...TOWARDS, authorization: { pass: true } }),
      ADDED.slice(1),
    );
  });

  it('ask for no compression where the answer will be read', () => {
    const fields: Pair[] = [['Accept-Encoding', 'gzip, br']];
    assert.deepEqual(sent(fields, { ...TOWARDS, plainAnswer: true }), ADDED);
  });
});

describe('fields towards a partner', () => {
  const own: Pair[] = [
    ['X-Hybridmode', 'normal'],
    ['X-Request-Id', 'r-1'],
  ];

  for (const [name, value] of [
    ['Content-Type', 'application/xml'],
    ['Content-Encoding', 'gzip'],
    ['Set-Cookie', 'a=b'],
    ['Www-Authenticate', 'basic realm=Restricted'],
    ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ['Server', 'WebORCA'],
    ['ETag', '"x"'],
    ['Content-Length', '12'],
  ] satisfies Pair[]) {
    it(`${name} passes in its spelling`, () => assert.deepEqual(returned([[name, value]]), [[name, value], ...own]));
  }

  const ended =
    'Connection Keep-Alive Proxy-Connection Proxy-Authenticate Trailer Upgrade TE Transfer-Encoding ' +
    'X-Hybridmode X-Hybrid-Data-As-Of X-Request-Id Alt-Svc';
  for (const name of ended.split(' ')) {
    it(`${name} does not pass, however it is written`, () => {
      for (const spelling of [name, name.toLowerCase(), name.replaceAll('-', '_')]) {
        assert.deepEqual(returned([[spelling, 'theirs']]), own, spelling);
      }
    });
  }

  it('that are repeated stay repeated', () => {
    const cookies: Pair[] = [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ];
    assert.deepEqual(returned(cookies), [...cookies, ...own]);
  });

  it('that Connection names end here, but for those that carry the message', () => {
    const fields: Pair[] = [
      ['Connection', 'X-Theirs, Set-Cookie, Date'],
      ['X-Theirs', '1'],
      ['Set-Cookie', 'a=1'],
      ['Date', 'today'],
    ];
    assert.deepEqual(returned(fields), [...fields.slice(2), ...own]);
  });

  it('have no length where the status has none', () => {
    assert.deepEqual(returned([['Content-Length', '0']], { status: 204 }), own);
    assert.deepEqual(returned([['Content-Length', '9']], { status: 304 }), [['Content-Length', '9'], ...own]);
  });

  const locations: Pair[] = [
    ['http://orca.local:8000/a?b=c#d', '/a?b=c#d'],
    ['HTTP://ORCA.local:8000/a', '/a'],
    ['http://orca.local:8000', '/'],
    ['/a', '/a'],
    ['a/b', 'a/b'],
    ['//orca.local:8000/a', '/a'],
    ['//elsewhere/a', '//elsewhere/a'],
    ['http://user@orca.local:8000/a', '/a'],
    ['http://orca.local:8000?a', '/?a'],
    ['http://orca.local:8000#a', '/#a'],
    ['http://orca.local:80001/a', 'http://orca.local:80001/a'],
    ['http://orca.local:8000.elsewhere/a', 'http://orca.local:8000.elsewhere/a'],
    ['http://elsewhere/a', 'http://elsewhere/a'],
  ];
  for (const [location, seen] of locations) {
    it(`Location: ${location} becomes ${seen}`, () => {
      for (const name of ['Location', 'content-location']) {
        assert.deepEqual(returned([[name, location]]), [[name, seen], ...own]);
      }
    });
  }

  it('Location names the environment in no form of its origin', () => {
    const origin = 'https://orca.local';
    assert.deepEqual(returned([['Location', 'https://orca.local:443/a']], { origin })[0], ['Location', '/a']);
    assert.deepEqual(returned([['Location', 'https://orca.local?a']], { origin })[0], ['Location', '/?a']);
  });
});
