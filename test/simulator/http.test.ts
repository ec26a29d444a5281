import { equal, match, ok } from 'node:assert/strict';
import { CREDENTIALS, head, MORNING, raw, simulator, stopAll } from './client.ts';

const DATE = `Date: ${MORNING.toUTCString()}`;
const VISITS = '<data><visitptlstreq type="record"></visitptlstreq></data>';

describe('the HTTP of the simulated WebORCA', () => {
  afterEach(stopAll);

  it('asks for credentials in 56 bytes before it looks at the path or the method', async () => {
    const { port } = await simulator();
    for (const target of ['/api/api01rv2/patientgetv2?id=1', '/api/orca11/acceptmodv2', '/nowhere']) {
      const answer = await raw(port, `GET ${target} HTTP/1.1\r\nHost: orca\r\nConnection: close\r\n\r\n`);
      equal(
        answer,
        `HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nWww-Authenticate: basic realm=Restricted\r\n` +
          `${DATE}\r\nContent-Length: 56\r\nConnection: close\r\n\r\n{"Code":401,"Message":"code=401, message=Unauthorized"}\n`,
      );
    }
  });

  it('refuses a wrong password as it refuses none', async () => {
    const { port } = await simulator();
    const wrong = Buffer.from('ormaster:wrong').toString('base64');
    const answer = await raw(
      port,
      `GET /api HTTP/1.1\r\nHost: orca\r\nAuthorization: Basic ${wrong}\r\nConnection: close\r\n\r\n`,
    );
    match(answer, /^HTTP\/1\.1 401 /);
  });

  it('knows a path without /api for POST below api01rv2 only, as it was captured', async () => {
    const { port } = await simulator();
    equal(
      await raw(port, head('GET', '/api01rv2/patientgetv2?id=1')),
      `HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n${DATE}\r\nContent-Length: 53\r\nConnection: close\r\n\r\n` +
        `{"Code":404,"Message":"code=404, message=Not Found"}\n`,
    );
    equal(
      await raw(port, head('POST', '/orca14/appointmodv2', 'Content-Length: 0')),
      `HTTP/1.1 405 Method Not Allowed\r\nAllow: OPTIONS, GET\r\nContent-Type: application/json\r\n${DATE}\r\n` +
        `Content-Length: 62\r\nConnection: close\r\n\r\n{"Code":405,"Message":"code=405, message=Method Not Allowed"}\n`,
    );
    const aliased = await raw(port, head('POST', '/api01rv2/acceptlstv2?class=01', 'Content-Length: 0'));
    match(aliased, /^HTTP\/1\.1 200 OK\r\nContent-Type: application\/xml; charset=UTF-8\r\nX-Hybridmode: normal\r\n/);
  });

  it('serves both spellings of a path where it is told to, or none', async () => {
    const all = await simulator({ bare: 'all' });
    match(await raw(all.port, head('GET', '/api01rv2/patientgetv2?id=1')), /^HTTP\/1\.1 200 /);
    const none = await simulator({ bare: 'none' });
    match(
      await raw(none.port, head('POST', '/api01rv2/acceptlstv2?class=01', 'Content-Length: 0')),
      /^HTTP\/1\.1 405 /,
    );
  });

  it('says its mode on an unknown path under /api, and that there is no such API', async () => {
    const { port } = await simulator({ hybridmode: 'emergency-fa' });
    equal(
      await raw(port, head('POST', '/api/api01rv2/nosuchv2', 'Content-Length: 0')),
      `HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nX-Hybridmode: emergency-fa\r\n${DATE}\r\n` +
        `Content-Length: 50\r\nConnection: close\r\n\r\n{"Code":404,"Message":"APIが存在しません"}\n`,
    );
  });

  it('does not say its mode on a wrong method', async () => {
    const { port } = await simulator();
    const answer = await raw(port, head('GET', '/api/orca11/acceptmodv2'));
    match(answer, /^HTTP\/1\.1 405 Method Not Allowed\r\nAllow: OPTIONS, POST\r\n/);
    ok(!answer.includes('X-Hybridmode'));
  });

  it('sends up to 2 KiB with a length, and more in chunks', async () => {
    const { port } = await simulator();
    const short = await raw(
      port,
      head('POST', '/api/api01rv2/visitptlstv2', `Content-Length: ${VISITS.length}`) + VISITS,
    );
    match(short, /\r\nContent-Length: \d{3}\r\nConnection: close\r\n\r\n<\?xml/);
    const long = await raw(port, head('GET', '/api/api01rv2/patientgetv2?id=1'));
    match(long, /\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n[0-9a-f]+\r\n<\?xml/);
    ok(!long.includes('Content-Length'));
  });

  it('orders and names the header fields as the cloud does', async () => {
    const { port } = await simulator({ flavour: 'cloud' });
    const answer = await raw(port, head('POST', '/api/api01rv2/acceptlstv2?class=01&format=json', 'Content-Length: 0'));
    match(
      answer,
      /^HTTP\/1\.1 200 OK\r\nContent-Length: \d+\r\nContent-Type: application\/json; charset=UTF-8\r\nDate: [^\r]+\r\nVary: Origin\r\nX-Hybridmode: normal\r\nConnection: close\r\n\r\n\{/,
    );
  });

  it('orders and names the header fields as the trial server behind nginx does', async () => {
    const { port } = await simulator({ flavour: 'trial' });
    const answer = await raw(
      port,
      head('POST', '/api/api01rv2/visitptlstv2', `Content-Length: ${VISITS.length}`).replace(
        'Connection: close\r\n',
        '',
      ) + VISITS,
      /<\/xmlio2>/,
    );
    match(
      answer,
      /^HTTP\/1\.1 200 OK\r\nServer: nginx\/1\.18\.0 \(Ubuntu\)\r\nDate: [^\r]+\r\nContent-Type: application\/xml; charset=UTF-8\r\nContent-Length: \d+\r\nConnection: keep-alive\r\nX-Hybridmode: normal\r\n\r\n</,
    );
  });

  it('drops the connection on JSON that it cannot make sense of', async () => {
    const { port } = await simulator();
    for (const body of ['{"acceptlstreq":', '[]', '{"data":{"acceptlstreq":{}}}']) {
      equal(
        await raw(
          port,
          head('POST', '/api/api01rv2/acceptlstv2?class=01&format=json', `Content-Length: ${body.length}`) + body,
        ),
        '',
      );
    }
  });

  it('answers 200 with 98 to XML that it cannot read, and 97 to a request of another call', async () => {
    const { port } = await simulator();
    const ask = async (body: string): Promise<string> =>
      raw(port, head('POST', '/api/api01rv2/acceptlstv2?class=01', `Content-Length: ${body.length}`) + body);
    match(await ask('<data><acceptlstreq>'), /^HTTP\/1\.1 200 [^]*<Api_Result type="string">98</);
    match(await ask('<data><acceptreq></acceptreq></data>'), /^HTTP\/1\.1 200 [^]*<Api_Result type="string">97</);
  });

  it('reads a Shift_JIS body as if its members were missing', async () => {
    const { url } = await simulator();
    const body = Buffer.concat([
      Buffer.from('<data><visitptlstreq><Request_Number>01</Request_Number><X>'),
      Buffer.from([0x8e, 0x8e, 0x8c, 0xb1]),
      Buffer.from('</X></visitptlstreq></data>'),
    ]);
    const authorization = CREDENTIALS;
    const response = await fetch(`${url}/api/api01rv2/system01dailyv2`, {
      method: 'POST',
      headers: { authorization },
      body,
    });
    match(await response.text(), /<Api_Result type="string">91</);
  });

  it('asks for a body only after it has looked at who sends it', async () => {
    const { port } = await simulator();
    const expecting = ['Content-Length: 5', 'Expect: 100-continue'];
    match(
      await raw(port, head('POST', '/api/api01rv2/acceptlstv2?class=01', ...expecting), /100 Continue/),
      /^HTTP\/1\.1 100 /,
    );
    const refused = await raw(port, `POST /api HTTP/1.1\r\nHost: orca\r\n${expecting.join('\r\n')}\r\n\r\n`);
    match(refused, /^HTTP\/1\.1 401 [^]*\r\nConnection: close\r\n\r\n\{/);
  });

  it('ends a large answer with the connection for HTTP/1.0', async () => {
    const { port } = await simulator();
    const request = head('GET', '/api/api01rv2/patientgetv2?id=1').replace('HTTP/1.1', 'HTTP/1.0');
    const answer = await raw(port, request);
    ok(!answer.includes('chunked'));
    match(answer, /<\/xmlio2>$/);
  });

  it('answers 400 to what is no HTTP', async () => {
    const { port } = await simulator();
    equal(
      await raw(port, 'NOT HTTP AT ALL\r\n\r\n'),
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request',
    );
  });

  it('streams bytes of any number both ways, for measuring what stands between', async () => {
    const { url } = await simulator();
    const authorization = CREDENTIALS;
    const down = await fetch(`${url}/api/simulator/bytes?size=300000`, { headers: { authorization } });
    equal((await down.arrayBuffer()).byteLength, 300_000);
    const up = await fetch(`${url}/api/simulator/bytes`, {
      method: 'POST',
      headers: { authorization },
      body: 'x'.repeat(200_000),
    });
    match(await up.text(), /"bytes":200000,"sha256":"[0-9a-f]{64}"/);
  });

  it('keeps a connection for the next request', async () => {
    const { port } = await simulator();
    const first = head('GET', '/x').replace('Connection: close\r\n', '');
    const answer = await raw(port, first + head('GET', '/y'));
    equal(answer.match(/HTTP\/1\.1 404/g)?.length, 2);
    ok(!answer.includes('Keep-Alive'));
  });

  it('remembers what arrived, with names in the sender’s casing and a digest of the body', async () => {
    const { port, arrivals } = await simulator({ arrivals: 2 });
    await raw(port, head('GET', '/first'));
    await raw(port, head('GET', '/second'));
    await raw(
      port,
      head('POST', '/api/api01rv2/acceptlstv2?class=01', 'X-ODD-casing: 1', `Content-Length: ${VISITS.length}`) +
        VISITS,
    );
    equal(arrivals.list().length, 2);
    const last = arrivals.last;
    ok(last);
    equal(last.target, '/api/api01rv2/acceptlstv2?class=01');
    equal(last.operator, 'ormaster');
    equal(last.bytes, VISITS.length);
    equal(last.sha256?.length, 64);
    equal(last.apiResult, '97');
    ok(last.headers.includes('X-ODD-casing'));
  });
});
