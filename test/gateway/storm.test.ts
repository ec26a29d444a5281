import assert from 'node:assert/strict';
import { once } from 'node:events';
import { ENVIRONMENTS, hybridMode, MODES, type EnvironmentName } from '../../mode/mode.ts';
import { eventually } from '../state/eventually.ts';
import { answers, echoes, hangsUp, ordinarily, resets, silently, type Script } from '../support/backend.ts';
import { EMR } from '../support/gateway.ts';
import { basic } from './ask.ts';
import { clinic, closeAll } from './clinic.ts';
import { RawPartner } from './raw.ts';

const AUTH = `Host: clinic\r\nAuthorization: ${basic(EMR)}\r\n`;
const PARTNERS = 40;
const REQUESTS = 15;
const LARGE = 300_000;

/** Numbers that are the same in every run: a failure can be looked at again. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const SCRIPTS: readonly Script[] = [
  ordinarily,
  ordinarily,
  ordinarily,
  echoes,
  answers(503),
  answers(200, 'x'.repeat(LARGE)),
  resets,
  hangsUp,
  silently,
  (seen) => seen.socket.resetAndDestroy(),
  (_seen, response) => response.writeHead(400).end('early'),
  (_seen, response) => {
    response.writeHead(200, { 'Content-Length': '100' });
    response.write('half', () => response.destroy());
  },
];

describe('a storm of partners that come and go, environments that fail, and switches', () => {
  afterEach(closeAll);

  for (const seed of [1, 2]) {
    it(`leaves nothing behind, and no write arrives twice (${seed})`, async () => {
      const one = await clinic({
        each: { concurrency: 8, deadlines: { connectMs: 200, firstByteMs: 150, idleMs: 150 } },
        limits: { bufferedBytes: 10_000 },
      });
      const roll = dice(seed);
      const arrived: { environment: EnvironmentName; token: string }[] = [];
      for (const name of ENVIRONMENTS) {
        one.at[name].script = (seen, response) => {
          arrived.push({ environment: name, token: seen.url });
          return SCRIPTS[roll(SCRIPTS.length)]!(seen, response);
        };
      }
      const answered: { token: string; status: number; hybridmode: string | undefined }[] = [];
      const over = new AbortController();
      const switching = (async () => {
        while (!over.signal.aborted) {
          one.switchTo(MODES[roll(3)]!, roll(2) === 0 ? 'cloudEmergency' : 'localEmergency');
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })();
      await Promise.all(Array.from({ length: PARTNERS }, (_, n) => come(n)));
      over.abort();
      await switching;

      await eventually(async () => {
        assert.deepEqual(
          one.gateway.environments().map(({ inFlight }) => inFlight),
          [0, 0, 0],
        );
        assert.equal(await one.metric('hybrid_gateway_requests_in_flight'), 0);
      });
      const writes = arrived.filter(({ token }) => token.includes('write'));
      assert.equal(new Set(writes.map(({ token }) => token)).size, writes.length, 'a write arrived twice');
      assert.ok(writes.length > 50 && answered.length > 50, `${writes.length} writes, ${answered.length} answers`);
      for (const { token, hybridmode } of answered.filter((each) => each.status === 200)) {
        const places = arrived.filter((each) => each.token === token).map(({ environment }) => environment);
        const said = MODES.flatMap((mode) => places.map((place): string => hybridMode(mode, place)));
        assert.ok(
          hybridmode !== undefined && said.includes(hybridmode),
          `${token}: ${hybridmode}, was at ${places.join()}`,
        );
      }
      assert.deepEqual(
        one.lines.filter(({ msg }) => msg.includes('failed on a request')),
        [],
      );

      async function come(n: number): Promise<void> {
        for (let i = 0; i < REQUESTS; i += 1) {
          const isWrite = roll(2) === 0;
          const token = `/${isWrite ? 'write' : 'read'}/${n}/${i}`;
          const body = Buffer.alloc([0, 10, 20_000, LARGE][roll(4)]!, 'x');
          const head = `${isWrite ? 'POST' : 'GET'} ${token} HTTP/1.1\r\n${AUTH}`;
          const framing = isWrite ? `Content-Length: ${body.length}\r\n` : '';
          const partner = await RawPartner.connect(one.port);
          const way = roll(6);
          if (way === 0) partner.send(head);
          else if (way === 1) partner.send(`${head}${framing}\r\n${body.subarray(0, body.length / 2).toString()}`);
          else partner.send(`${head}Connection: close\r\n${framing}\r\n${isWrite ? body.toString() : ''}`);
          if (way > 2) {
            const text = await partner.ended();
            const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);
            answered.push({ token, status, hybridmode: /^X-Hybridmode: (.*)\r$/m.exec(text)?.[1] });
            continue;
          }
          if (roll(2) === 0) await new Promise((resolve) => setTimeout(resolve, roll(30)));
          if (roll(2) === 0) partner.socket.resetAndDestroy();
          else partner.socket.end();
          if (!partner.socket.destroyed) await once(partner.socket, 'close');
        }
      }
    });
  }
});
