import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { staged, start } from '../support/control-api.ts';

const clinic = staged();

describe('watch', () => {
  it('prints a line per event, and connects anew with the last id', async () => {
    clinic.stage.plays(({ lastEventId }, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (lastEventId === undefined)
        response.end('retry: 1\n\nid: a-1\nevent: mode\ndata: {"epoch":1}\n\n: heartbeat\n\n');
      else response.write('id: a-2\nevent: mode\ndata: {"epoch":2}\n\n');
    });
    const child = start(['watch', '--json', '--url', clinic.stage.url], { cwd: clinic.folder });
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length === 2) child.kill();
    }
    deepEqual(
      lines.map((line): unknown => JSON.parse(line)),
      [
        { id: 'a-1', type: 'mode', data: { epoch: 1 } },
        { id: 'a-2', type: 'mode', data: { epoch: 2 } },
      ],
    );
    deepEqual(
      clinic.stage.asked.map(({ lastEventId }) => lastEventId),
      [undefined, 'a-1'],
    );
  });

  it('ends where it is not allowed', async () => {
    clinic.stage.answers({ 'GET /api/events': [403, { detail: 'd' }] });
    equal((await clinic.call(['watch'])).code, 5);
  });

  it('ends quietly when nobody reads its lines any more', async () => {
    clinic.stage.plays((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const timer = setInterval(() => response.write('data: 1\n\n'), 5);
      response.on('close', () => clearInterval(timer));
    });
    const child = start(['watch', '--url', clinic.stage.url], { cwd: clinic.folder });
    const complaints: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = await once(child, 'exit');
    equal(code, 0);
    deepEqual(complaints, []);
  });
});
