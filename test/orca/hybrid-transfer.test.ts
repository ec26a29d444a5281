import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dump, DumpFile, HybridSpeaker, Progress } from '../../orca/hybrid.ts';
import { type AssumedOptions, assumedSpeaker } from '../../orca/hybrid/assumed.ts';
import { clinicDigest } from '../../simulator/clinic/dump.ts';
import type { Simulator } from '../../simulator/server.ts';
import { Opened, reached } from '../support/orca-client.ts';
import { spoken as done } from '../support/spoken.ts';

describe('hybrid: assumed, dumps', () => {
  const opened = new Opened();
  let folder: string;
  let orca: Simulator;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hybrid-gateway-'));
    orca = await opened.simulator();
  });
  afterEach(async () => {
    await opened.close();
    rmSync(folder, { recursive: true });
  });

  function speaker(to: Simulator | URL = orca, options: AssumedOptions = {}): HybridSpeaker {
    const environment = reached(to instanceof URL ? to : to.url, {
      deadlines: { connectMs: 1000, firstByteMs: 1000, idleMs: 150 },
    });
    const speaking = assumedSpeaker(environment, { firstPauseMs: 1, pollMs: 1, ...options });
    opened.later(() => speaking.close());
    return speaking;
  }

  async function dumped(): Promise<{ dump: Dump; bytes: Buffer }> {
    const dump = done(await speaker().takeDump());
    const response = await fetch(`${orca.url}/api/hybrid/dumps/${dump.id}`, {
      headers: { Authorization: `Basic ${Buffer.from('ormaster:ormaster').toString('base64')}` },
    });
    return { dump, bytes: Buffer.from(await response.arrayBuffer()) };
  }

  async function fileOf(bytes: Buffer): Promise<DumpFile> {
    const path = join(folder, 'here.dump');
    writeFileSync(path, bytes);
    return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  describe('a download', () => {
    it('is the whole dump, checked', async () => {
      const { dump, bytes } = await dumped();
      const to = join(folder, 'latest.dump.part');
      const progress: Progress[] = [];
      const file = done(await speaker().downloadDump(dump, to, { onProgress: (each) => progress.push(each) }));
      deepEqual(readFileSync(to), bytes);
      deepEqual(file, { path: to, bytes: bytes.length, sha256: dump.sha256 });
      equal(progress.at(-1)?.done, bytes.length);
    });

    it('goes on where an earlier one ended', async () => {
      const { dump, bytes } = await dumped();
      const to = join(folder, 'latest.dump.part');
      writeFileSync(to, bytes.subarray(0, 1000));
      orca.arrivals.clear();
      done(await speaker().downloadDump(dump, to));
      deepEqual(readFileSync(to), bytes);
      const { headers = [] } = orca.arrivals.last ?? {};
      equal(headers[headers.indexOf('Range') + 1], 'bytes=1000-');
    });

    it('goes on by itself, however often it breaks off, as long as something arrives', async () => {
      const { dump, bytes } = await dumped();
      const ranges: (string | undefined)[] = [];
      const url = await opened.server((request, response) => {
        const from = Number(/\d+/.exec(request.headers.range ?? '0')?.[0]);
        ranges.push(request.headers.range);
        const place = { 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
        response.writeHead(from > 0 ? 206 : 200, { 'Content-Length': bytes.length - from, ...place });
        response.write(bytes.subarray(from, from + 1000), () => {
          if (from + 1000 < bytes.length) request.socket.destroySoon();
        });
      });
      const to = join(folder, 'latest.dump.part');
      done(await speaker(url, { retries: 1 }).downloadDump(dump, to));
      deepEqual(readFileSync(to), bytes);
      ok(ranges.length > 5, `${ranges.length} requests`);
    });

    it('gives up where nothing more arrives, and keeps what did', async () => {
      const { dump } = await dumped();
      const url = await opened.server((request) => request.socket.resetAndDestroy());
      const to = join(folder, 'latest.dump.part');
      writeFileSync(to, 'PGDMP');
      await rejects(speaker(url, { retries: 2 }).downloadDump(dump, to), { code: 'HYBRID_UNANSWERED', fault: 'reset' });
      equal(statSync(to).size, 5);
    });

    it('begins anew where there is something else in the file', async () => {
      const { dump, bytes } = await dumped();
      const to = join(folder, 'latest.dump.part');
      writeFileSync(to, Buffer.alloc(bytes.length + 5));
      done(await speaker().downloadDump(dump, to));
      deepEqual(readFileSync(to), bytes);
    });

    it('is thrown away where it is not what was announced', async () => {
      const { dump, bytes } = await dumped();
      const to = join(folder, 'latest.dump.part');
      writeFileSync(to, Buffer.alloc(bytes.length));
      await rejects(speaker().downloadDump(dump, to), { code: 'DUMP_DIFFERS' });
      await rejects(async () => statSync(to), { code: 'ENOENT' });
    });

    it('ends with the signal, and keeps what it has', async () => {
      const { dump, bytes } = await dumped();
      const url = await opened.server((_request, response) => {
        response.writeHead(200, { 'Content-Length': bytes.length }).write(bytes.subarray(0, 2000));
      });
      const abort = new AbortController();
      const to = join(folder, 'latest.dump.part');
      const options = { signal: abort.signal, onProgress: () => abort.abort() };
      await rejects(speaker(url).downloadDump(dump, to, options), { name: 'AbortError' });
      ok(statSync(to).size <= 2000);
    });

    it('of what is not there is refused', async () => {
      const { dump } = await dumped();
      const wanted = { ...dump, id: 'no-such-dump' };
      await rejects(speaker().downloadDump(wanted, join(folder, 'x')), { code: 'HYBRID_REFUSED', reason: 'NOT_FOUND' });
    });
  });

  describe('an upload', () => {
    it('arrives in parts, and is a dump then', async () => {
      const { bytes } = await dumped();
      const file = await fileOf(bytes);
      const progress: Progress[] = [];
      const onProgress = (each: Progress) => progress.push(each);
      const dump = done(await speaker(orca, { partBytes: 1000 }).uploadDump(file, 'latest.dump', { onProgress }));
      equal(dump.sha256, file.sha256);
      equal(progress.length, Math.ceil(bytes.length / 1000) + 1);
      ok(done(await speaker().listDumps()).some(({ id }) => id === dump.id));
    });

    it('survives parts of which the connection, or the answer, is lost', async () => {
      const { bytes } = await dumped();
      const file = await fileOf(bytes);
      for (const moment of ['arrival', 'answer'] as const)
        orca.faults.add({ kind: 'reset', path: '/api/hybrid/uploads/', method: 'PUT', moment, probability: 0.3 });
      const dump = done(await speaker(orca, { partBytes: 1500, retries: 20 }).uploadDump(file, 'latest.dump'));
      equal(dump.sha256, file.sha256);
    });

    it('survives that the answer to the last part is lost', async () => {
      const { bytes } = await dumped();
      const file = await fileOf(bytes);
      orca.faults.add({ kind: 'reset', path: '/api/hybrid/uploads/', method: 'PUT', moment: 'answer' });
      equal(done(await speaker().uploadDump(file, 'latest.dump')).sha256, file.sha256);
    });

    it('is gone on with by another process', async () => {
      const { bytes } = await dumped();
      const file = await fileOf(bytes);
      const abort = new AbortController();
      let upload = '';
      const onProgress = (each: Progress) => {
        upload = each.upload ?? '';
        if (each.done > 0) abort.abort();
      };
      const first = speaker(orca, { partBytes: 4000 }).uploadDump(file, 'latest.dump', {
        onProgress,
        signal: abort.signal,
      });
      await rejects(first, { name: 'AbortError' });
      orca.arrivals.clear();
      done(await speaker(orca, { partBytes: 4000 }).uploadDump(file, 'latest.dump', { resume: upload }));
      ok(orca.arrivals.list().every(({ target }) => !target.includes('offset=0')));
    });

    it('carries a digest with every part', async () => {
      const { bytes } = await dumped();
      await speaker().uploadDump(await fileOf(bytes), 'latest.dump');
      const put = orca.arrivals.list().find(({ method }) => method === 'PUT');
      const digest = createHash('sha256').update(bytes).digest('base64');
      equal(put?.headers[put.headers.indexOf('Content-Digest') + 1], `sha-256=:${digest}:`);
    });

    it('sends a part again that was damaged on the way', async () => {
      const { bytes, dump } = await dumped();
      const file = await fileOf(bytes);
      const offsets: (string | null)[] = [];
      const url = await opened.server((request, response) => {
        const offset = new URL(request.url ?? '', 'http://x').searchParams.get('offset');
        if (request.method === 'PUT') offsets.push(offset);
        const damaged = { code: 'DIGEST', message: 'damaged', received: 0 };
        const taken = { upload: '1', received: offset === null ? 0 : bytes.length, ...(offset !== null && { dump }) };
        const isDamaged = offsets.length === 1;
        request.resume().on('end', () => {
          response.writeHead(isDamaged ? 422 : 200).end(JSON.stringify(isDamaged ? damaged : taken));
        });
      });
      done(await speaker(url).uploadDump(file, 'latest.dump'));
      deepEqual(offsets, ['0', '0']);
    });

    it('gives up where no part is taken any more', async () => {
      const { bytes } = await dumped();
      const url = await opened.server((request, response) => {
        request.resume().on('end', () => response.writeHead(200).end(JSON.stringify({ upload: '1', received: 0 })));
      });
      const speaking = speaker(url, { retries: 3 }).uploadDump(await fileOf(bytes), 'latest.dump');
      await rejects(speaking, { code: 'HYBRID_UNANSWERED', fault: 'stuck', mayBeDone: true });
    });

    it('is refused where the file changes under it', async () => {
      const { bytes } = await dumped();
      const file = await fileOf(bytes);
      writeFileSync(file.path, Buffer.alloc(bytes.length, 1));
      await rejects(speaker().uploadDump(file, 'latest.dump'), { code: 'DUMP_DIFFERS' });
      truncateSync(file.path, 100);
      await rejects(speaker().uploadDump(file, 'latest.dump'), { code: 'DUMP_DIFFERS' });
    });
  });

  describe('a restore', () => {
    it('makes one environment what the other was', async () => {
      const { bytes } = await dumped();
      const other = await opened.simulator({ seed: 7, patients: 3 });
      const dump = done(await speaker(other).uploadDump(await fileOf(bytes), 'latest.dump'));
      const progress: number[] = [];
      done(await speaker(other).restore(dump, { onProgress: ({ done: percent }) => progress.push(percent) }));
      equal(clinicDigest(other.clinic), clinicDigest(orca.clinic));
      equal(progress.at(-1), 100);
    });

    it('that fails says why, and costs nothing', async () => {
      const before = clinicDigest(orca.clinic);
      const dump = done(await speaker().uploadDump(await fileOf(Buffer.from('PGDMP and no more')), 'broken.dump'));
      await rejects(speaker().restore(dump), { code: 'RESTORE_FAILED' });
      equal(clinicDigest(orca.clinic), before);
    });

    it('is waited for no longer once the signal says so', async () => {
      const { dump } = await dumped();
      orca.conditions.restoreMs = 60_000;
      const abort = new AbortController();
      const options = { signal: abort.signal, onProgress: () => abort.abort() };
      await rejects(speaker().restore(dump, options), { name: 'AbortError' });
    });
  });
});
