import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { z } from 'zod';
import { EventStreams } from '../../control/events.ts';
import { eventually } from '../state/eventually.ts';
import { removeFolders } from '../state/folder.ts';
import { scene, TOKENS } from './fixture.ts';
import type { Scene } from './fixture.ts';

const ModeEvent = z.object({ state: z.object({ epoch: z.number() }) });

interface Received {
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** A reader of the stream, as a browser's EventSource is one. */
interface Reader {
  readonly response: http.IncomingMessage;
  /** The next event; null where the stream has ended. */
  next(): Promise<Received | null>;
  leave(): void;
}

function epochOf(event: Received | null): unknown {
  assert.equal(event?.type, 'mode');
  return ModeEvent.parse(event.data).state.epoch;
}

function present() {
  return { type: 'mode', data: 'now' };
}

describe('the event stream', () => {
  let here: Scene;
  const readers: Reader[] = [];

  beforeEach(async () => {
    here = await scene();
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.leave();
    await here.end();
    removeFolders();
  });

  async function read(headers: http.OutgoingHttpHeaders = {}): Promise<Reader> {
    const outgoing = http.get(`${here.control.address.url}/api/events`, {
      agent: false,
      headers: { authorization: `Bearer ${TOKENS.read}`, ...headers },
    });
    const [response] = (await once(outgoing, 'response')) as [http.IncomingMessage];
    const chunks = blocks(response);
    const reader: Reader = {
      response,
      async next() {
        const { value, done } = await chunks.next();
        return done === true ? null : value;
      },
      leave: () => outgoing.destroy(),
    };
    readers.push(reader);
    return reader;
  }

  function commit(mode: 'emergency' | 'normal'): void {
    const { epoch } = here.store.current;
    here.store.commit({ expectedEpoch: epoch, mode, target: 'cloudEmergency', by: 'sato', reason: '訓練' });
  }

  it('begins with the mode as it is, and goes on with every change', async () => {
    const reader = await read();
    assert.equal(reader.response.statusCode, 200);
    assert.match(String(reader.response.headers['content-type']), /^text\/event-stream/);
    assert.ok(reader.response.headers['x-request-id']);
    const first = await reader.next();
    assert.deepEqual(first?.data, (await here.call('GET', '/api/mode')).json);
    commit('emergency');
    assert.equal(epochOf(await reader.next()), 2);
    here.gateway.change('operational', { health: 'down', cause: 'connect' });
    const changed = await reader.next();
    assert.equal(changed?.type, 'environment');
    assert.equal(changed?.data['name'], 'operational');
    assert.equal(changed?.data['routed'], false);
    assert.equal(changed?.data['header'], 'emergency');
    here.control.events.publish('job', { id: 1 });
    assert.deepEqual((await reader.next())?.data, { id: 1 });
  });

  it('gives every reader the same ids', async () => {
    const [one, two] = [await read(), await read()];
    await one.next();
    await two.next();
    commit('emergency');
    assert.equal((await one.next())?.id, (await two.next())?.id);
  });

  it('gives a reader that comes back what it missed, and nothing twice', async () => {
    const reader = await read();
    const first = await reader.next();
    commit('emergency');
    const second = await reader.next();
    reader.leave();
    commit('normal');
    commit('emergency');
    const again = await read({ 'last-event-id': second!.id });
    assert.equal(epochOf(await again.next()), 3);
    assert.equal(epochOf(await again.next()), 4);
    const whole = await read({ 'last-event-id': first!.id });
    assert.equal(epochOf(await whole.next()), 2);
    commit('normal');
    assert.equal(epochOf(await again.next()), 5);
  });

  it('gives a reader whose last id it does not know the mode as it is', async () => {
    commit('emergency');
    for (const id of ['', 'x', '1', 'deadbeef-1', '-', 'a-b', '../../x', '0'.repeat(500)]) {
      const reader = await read({ 'last-event-id': id });
      assert.equal(epochOf(await reader.next()), 2);
    }
  });

  it('answers HEAD without opening one', async () => {
    const { status } = await here.call('HEAD', '/api/events');
    assert.equal(status, 200);
    assert.match(await here.registry.metrics(), /hybrid_gateway_control_event_streams 0/);
  });

  it('forgets a reader that leaves', async () => {
    const reader = await read();
    await reader.next();
    assert.match(await here.registry.metrics(), /hybrid_gateway_control_event_streams 1/);
    reader.leave();
    await eventually(async () => assert.match(await here.registry.metrics(), /hybrid_gateway_control_event_streams 0/));
  });

  it('ends when the gateway stops, at once and without an error', async () => {
    const reader = await read();
    await reader.next();
    const begun = performance.now();
    await here.end();
    assert.equal(await reader.next(), null);
    assert.ok(reader.response.complete);
    assert.ok(performance.now() - begun < 1000);
    here = await scene();
  });

  it('refuses the 65th reader with 503, and takes it when one has left', async () => {
    const all = await Promise.all(Array.from({ length: 64 }, () => read()));
    const { status, json, headers } = await here.call('GET', '/api/events');
    assert.equal(status, 503);
    assert.equal(json['code'], 'TOO_MANY_STREAMS');
    assert.ok(headers['retry-after']);
    all[0]?.leave();
    await eventually(async () => {
      const late = await read();
      assert.equal(late.response.statusCode, 200);
    });
  });

  it('drops a reader that does not read, and goes on for the others', async () => {
    const slow = net.connect(here.control.address.port, '127.0.0.1');
    slow.on('error', () => undefined);
    slow.write(`GET /api/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKENS.read}\r\n\r\n`);
    const quick = await read();
    await quick.next();
    await eventually(async () => assert.match(await here.registry.metrics(), /hybrid_gateway_control_event_streams 2/));
    const text = 'a'.repeat(100_000);
    await eventually(async () => {
      here.control.events.publish('note', { text });
      assert.equal((await quick.next())?.data['text'], text);
      assert.match(await here.registry.metrics(), /hybrid_gateway_control_event_streams 1/);
    }, 15_000);
    slow.destroy();
  });
});

const NOBODY = { seesPatients: false, session: null };

describe('EventStreams', () => {
  it('keep a bounded number of events; who missed more gets the present state', () => {
    const streams = new EventStreams(present, () => undefined, { kept: 3 });
    const text = (id: string) => String(streams.open(id, NOBODY)?.read());
    const start = /id: (\w+)-0/.exec(text(''))?.[1];
    for (let number = 1; number <= 5; number += 1) streams.publish('note', number);
    const data = (id: string) => [...text(id).matchAll(/data: (.*)/g)].map((match) => match[1]);
    assert.deepEqual(data(`${start}-2`), ['3', '4', '5']);
    assert.deepEqual(data(`${start}-5`), []);
    assert.deepEqual(data(`${start}-1`), ['"now"']);
    assert.deepEqual(data(`${start}-6`), ['"now"']);
    streams.close();
  });

  it('send a comment now and then, so that the line stays open', async () => {
    const streams = new EventStreams(present, () => undefined, { heartbeatMs: 1 });
    const reader = streams.open('', NOBODY);
    reader?.read();
    await eventually(() => assert.equal(String(reader?.read()), ': heartbeat\n\n'));
    streams.close();
    assert.equal(streams.open('', NOBODY), null);
  });
});

async function* blocks(response: http.IncomingMessage): AsyncGenerator<Received> {
  let text = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      text += String(chunk);
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
        if (field('data') === '') continue;
        yield { id: field('id'), type: field('event'), data: JSON.parse(field('data')) as Received['data'] };
      }
    }
  } catch {
    // The stream was cut: for a reader that is its end.
  }
}
