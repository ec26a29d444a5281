import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { arrivedPaths, done, MORNING, Opened, said, TODAY } from '../support/orca-client.ts';
import { Certificates, PASSPHRASE, pem } from '../support/tls.ts';

const RECEPTION = { patient: '3', department: '01', physician: '10001', insurance: { combination: '0001' } };
const EMPTY = `<xmlio2><visitptlst01res type="record"><Api_Result type="string">13</Api_Result></visitptlst01res></xmlio2>`;

describe('the client', () => {
  const opened = new Opened();
  afterEach(() => opened.close());

  describe('under a signal', () => {
    it('sends nothing once it is aborted', async () => {
      const orca = await opened.simulator();
      const outcome = await opened.client(orca.url).visits.list({ date: TODAY }, { signal: AbortSignal.abort() });
      equal(said(outcome), 'broken aborted');
      deepEqual(arrivedPaths(orca), []);
    });

    it('ends a call that is under way, and says whether a write may be done', async () => {
      const arrived = Promise.withResolvers<void>();
      const url = await opened.server(() => arrived.resolve());
      const client = opened.client(url);
      const abort = new AbortController();
      const outcome = client.receptions.accept(RECEPTION, { signal: abort.signal });
      await arrived.promise;
      abort.abort();
      const ended = await outcome;
      equal(said(ended), 'broken aborted');
      equal(ended.kind === 'broken' && ended.mayBeDone, true);
    });

    it('leaves the queue', async () => {
      const held = Promise.withResolvers<void>();
      const arrived = Promise.withResolvers<void>();
      const url = await opened.server((_request, response) => {
        arrived.resolve();
        void held.promise.then(() => response.end(EMPTY));
      });
      const client = opened.client(url, { concurrency: 1 });
      const first = client.visits.list({ date: TODAY });
      await arrived.promise;
      const abort = new AbortController();
      const second = client.visits.list({ date: TODAY }, { signal: abort.signal });
      abort.abort();
      equal(said(await second), 'broken aborted');
      held.resolve();
      equal((await first).kind, 'ok');
    });
  });

  it('has no more calls under way than it may', async () => {
    const held: (() => void)[] = [];
    let most = 0;
    const listener: RequestListener = (_request, response) => {
      held.push(() => void response.end(EMPTY));
      most = Math.max(most, held.length);
      if (held.length === 3) setImmediate(() => held.splice(0).forEach((answer) => answer()));
    };
    const client = opened.client(await opened.server(listener), { concurrency: 3 });
    const outcomes = await Promise.all(Array.from({ length: 21 }, () => client.visits.list({ date: TODAY })));
    ok(outcomes.every(({ kind }) => kind === 'ok'));
    equal(most, 3);
  });

  it('uses a connection again', async () => {
    const ports = new Set<number | undefined>();
    const url = await opened.server((request, response) => {
      ports.add(request.socket.remotePort);
      response.end(EMPTY);
    });
    const client = opened.client(url);
    for (let call = 0; call < 5; call++) done(await client.visits.list({ date: TODAY }));
    equal(ports.size, 1);
  });

  it('lets what is urgent go before what waits', async () => {
    const order: string[] = [];
    const url = await opened.server((request, response) => {
      order.push(request.url ?? '');
      response.end(EMPTY);
    });
    const client = opened.client(url, { concurrency: 1 });
    await Promise.all([
      client.visits.list({ date: TODAY }),
      client.receptions.list({ which: 'all' }),
      client.system.daily({}, { isUrgent: true }),
    ]);
    deepEqual(
      order.map((path) => path.replace(/^.*\/|\?.*$/g, '')),
      ['visitptlstv2', 'system01dailyv2', 'acceptlstv2'],
    );
  });

  it('reads the mode and the clock that the environment says', async () => {
    const orca = await opened.simulator({ hybridmode: 'emergency-fa' });
    const outcome = await opened.client(orca.url).system.daily();
    equal(outcome.reply?.hybridmode, 'emergency-fa');
    deepEqual(outcome.reply?.clock, MORNING);
  });

  it('refuses more numbers at once than the call takes', async () => {
    const client = opened.client('http://127.0.0.1:9/');
    const ids = Array.from({ length: 101 }, (_, index) => String(index));
    await rejects(async () => client.patients.getMany({ ids }), RangeError);
  });

  it('shows its certificate, and tells a certificate from an outage', async () => {
    const certificates = new Certificates();
    opened.later(() => certificates.remove());
    const authority = certificates.authority('clinic');
    const server = certificates.issue({ name: 'orca', authority, names: ['IP:127.0.0.1'] });
    const { pkcs12 } = certificates.issue({ name: 'gateway', authority });
    const ca = readFileSync(authority.certificate);
    const tls = { ...pem(server), ca, requestClientCertificate: 'required' as const };
    const orca = await opened.simulator({
      tls: { ...tls, key: String(tls.key), cert: String(tls.cert), ca: String(ca) },
    });
    const known = { ca: authority.certificate };
    const shown = { ...known, clientCertificate: { pkcs12, passphrase: PASSPHRASE } };
    equal((await opened.client(orca.url, {}, shown).system.daily()).kind, 'ok');
    const without = await opened.client(orca.url, {}, known).receptions.accept(RECEPTION);
    equal(said(without), 'broken certificate');
    equal(without.kind === 'broken' && without.mayBeDone, false);
    equal(said(await opened.client(orca.url, {}, {}).system.daily()), 'broken certificate');
  });
});
