import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  routedEnvironment,
  ENVIRONMENTS,
  type EmergencyName,
  type EnvironmentName,
  type Mode,
} from '../../mode/mode.ts';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { eventually } from '../state/eventually.ts';
import { EMR, startTestGateway, type TestGateway } from '../support/gateway.ts';

interface Message {
  readonly command: string;
  readonly code?: number;
  readonly data?: { readonly uuid: string; readonly body: { readonly from: EnvironmentName; readonly number: string } };
}

const SCRIPT = join(import.meta.dirname, 'ruby-push', 'subscriber.rb');
const hasFaye = spawnSync('ruby', ['-e', 'require "faye/websocket"']).status === 0;

/** What is on the wire at the very moment of a flip belongs to neither side for certain. */
const MOMENT_MS = 60;

describe('push-exchanger’s own library (Ruby, faye-websocket)', () => {
  const simulators = new Map<EnvironmentName, Simulator>();
  let gateway: TestGateway;
  let ruby: ChildProcess;
  const messages: Message[] = [];

  before(async function () {
    if (!hasFaye) throw new Error('Ruby with faye-websocket is missing: apt-get install ruby-faye-websocket');
    for (const name of ENVIRONMENTS) {
      const flavour = name === 'localEmergency' ? 'onprem' : 'cloud';
      simulators.set(name, await startSimulator({ flavour, patients: 2, history: { days: 1, visitsPerDay: 1 } }));
    }
    gateway = await startTestGateway({
      push: true,
      environments: {
        operational: reached('operational', simulators),
        cloudEmergency: reached('cloudEmergency', simulators),
        localEmergency: reached('localEmergency', simulators),
      },
    });
    ruby = spawn('ruby', [SCRIPT, `ws://127.0.0.1:${gateway.port}/ws`, EMR.user, EMR.password], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: ruby.stdout! }).on('line', (line) => messages.push(JSON.parse(line)));
    await eventually(() => assert.equal(messages[0]?.command, 'subscribed'), 15_000);
  });

  after(async () => {
    if (ruby?.exitCode === null) {
      ruby.kill();
      await once(ruby, 'exit');
    }
    await gateway?.close(0);
    for (const simulator of simulators.values()) await simulator.close();
  });

  // As the orchestrator does it: fence, drain (push subscribes at the next environment meanwhile), commit, lift.
  async function switchTo(mode: Mode, target: EmergencyName): Promise<void> {
    const { switching } = gateway.gateway;
    const lift = switching.fence();
    await switching.drain(gateway.store.current, { mode, target }, 1000);
    gateway.switchTo(mode, target);
    lift();
  }

  it('stays connected through ten emergencies, and gets each event of the routed environment once, in order', async () => {
    const published: { from: EnvironmentName; number: number; atMs: number; isRouted: boolean }[] = [];
    const flipsMs: number[] = [];
    let number = 0;
    const emit = setInterval(() => {
      number += 1;
      const routed = routedEnvironment(gateway.store.current);
      for (const [from, { pusher }] of simulators) {
        pusher.publish({ event: 'patient_accept', body: { from, number: String(number) } }, 'ormaster');
        published.push({ from, number, atMs: performance.now(), isRouted: from === routed });
      }
    }, 4);
    const events = () => messages.filter(({ command }) => command === 'event');
    const more = async (count: number): Promise<void> => {
      const until = events().length + count;
      await eventually(() => assert.ok(events().length >= until), 10_000);
    };
    try {
      for (let round = 0; round < 10; round += 1) {
        const target = round % 2 === 0 ? 'cloudEmergency' : 'localEmergency';
        for (const mode of ['emergency', 'recovery', 'normal'] as const) {
          await more(10);
          await switchTo(mode, target);
          flipsMs.push(performance.now());
        }
      }
      await more(10);
    } finally {
      clearInterval(emit);
    }
    const last = published.findLast(({ isRouted }) => isRouted)!;
    await eventually(() => assert.equal(events().at(-1)?.data?.body.number, String(last.number)));

    assert.equal(ruby.exitCode, null);
    assert.deepEqual(
      messages.filter(({ command }) => command !== 'event').map(({ command }) => command),
      ['subscribed'],
    );
    const received = events().map(({ data }) => data!);
    assert.equal(new Set(received.map(({ uuid }) => uuid)).size, received.length, 'each once');
    const numbers = received.map(({ body }) => Number(body.number));
    assert.deepEqual(
      numbers,
      [...numbers].sort((one, other) => one - other),
    );
    const isAtFlip = (atMs: number): boolean => flipsMs.some((flip) => Math.abs(flip - atMs) < MOMENT_MS);
    const got = new Set(received.map(({ body }) => `${body.from} ${body.number}`));
    const strangers = published.filter((one) => !one.isRouted && !isAtFlip(one.atMs) && got.has(keyOf(one)));
    assert.deepEqual(strangers, [], 'none of another environment');
    const missed = published.filter((one) => one.isRouted && !isAtFlip(one.atMs) && !got.has(keyOf(one)));
    assert.deepEqual(missed, [], 'all of the routed one');
    assert.ok(received.length > 300);
  }).timeout(60_000);

  it('is still there afterwards, on the same connection', () => {
    const { subscribers } = gateway.gateway.push!.status();
    assert.equal(subscribers.length, 1);
    assert.equal(subscribers[0]?.partner, 'emr');
  });
});

function keyOf({ from, number }: { readonly from: EnvironmentName; readonly number: number }): string {
  return `${from} ${number}`;
}

function reached(name: EnvironmentName, simulators: ReadonlyMap<EnvironmentName, Simulator>) {
  return {
    url: new URL(simulators.get(name)!.url),
    kind: name === 'localEmergency' ? ('onprem' as const) : ('cloud' as const),
    user: 'ormaster',
    password: 'ormaster',
  };
}
