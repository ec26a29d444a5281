import type { Fault, Script, WireCase } from '../case.ts';
import { valuesOf } from '../framing.ts';
import { get, P, post } from '../notation.ts';
import { faultIf, forbidden, missing, reply } from '../safe.ts';
import { eventually, type Stage } from '../stage.ts';
import { accepted, upgrade } from './upgrades.ts';

const write = (name: string): string => post('Content-Length: 2\r\n', 'ab', `${P}/${name}`);
const slow: Script = { at: 'end', plays: [{ pauseMs: 1200 }, 'ordinary'] };
const silence: Script = { at: 'end', plays: ['silence'] };
const soon: Script = { at: 'end', plays: [{ pauseMs: 30 }, 'ordinary'] };

async function changeMode(stage: Stage): Promise<readonly Fault[]> {
  const { to, target } = stage.world.next;
  const { status, text } = await stage.world.gateway.switchTo({ to, target });
  return faultIf(status !== 200, reply(`POST /api/mode: ${status} ${text.slice(0, 300)}`));
}

/** A plain GET goes to this environment, and says so. */
async function goesTo(stage: Stage, environment: string, hybridMode: string): Promise<readonly Fault[]> {
  const token = stage.token();
  const client = await stage.send(get(), token);
  await client.until(() => client.reader.finished > 0 || client.closing !== 'open', 3000);
  const answer = client.reader.replies[0];
  const reached = stage.requests(token).map((request) => request.environment);
  const said = valuesOf(answer?.fields ?? [], 'x-hybridmode').join();
  return [
    ...faultIf(answer?.status !== 200, reply(`a GET afterwards got ${answer?.status}`)),
    ...faultIf(
      reached.join() !== environment,
      forbidden(`a GET afterwards reached ${reached.join()}, not ${environment}`),
    ),
    ...faultIf(said !== hybridMode, forbidden(`a GET afterwards was told ${said}, not ${hybridMode}`)),
  ];
}

/** Requests while the mode changes. Each has a gateway of its own. */
export const switches: readonly WireCase[] = [
  {
    id: 'M-20',
    title: 'a write is under way when the mode changes',
    why: 'exactly one environment takes it, and the answer comes from that one',
    lane: 'own',
    procedure: async (stage) => {
      const { world } = stage;
      const token = stage.token(slow);
      const client = await stage.send(write('slow'), token);
      await eventually(() => stage.requests(token).length > 0, 2000);
      const faults = await changeMode(stage);
      await client.until(() => client.reader.finished > 0 || client.closing !== 'open', 8000);
      const answer = client.reader.replies[0];
      const said = valuesOf(answer?.fields ?? [], 'x-hybridmode').join();
      const reached = stage.requests(token).map(({ environment }) => environment);
      return [
        ...faults,
        ...faultIf(answer?.status !== 200 && answer?.status !== 504, reply(`the write got ${answer?.status}`)),
        ...faultIf(answer?.status === 200 && said !== world.hybridMode, forbidden(`the answer says ${said}`)),
        ...faultIf(reached.join() !== world.routed, forbidden(`the write reached ${reached.join()}`)),
        ...(await goesTo(stage, world.next.target, world.next.hybridMode)),
      ];
    },
  },
  {
    id: 'M-21',
    title: 'a write hangs when the mode changes',
    why: 'a drain ends; a write of unknown outcome is told so and not sent again',
    lane: 'own',
    procedure: async (stage) => {
      const token = stage.token(silence);
      const client = await stage.send(write('hang'), token);
      await eventually(() => stage.requests(token).length > 0, 2000);
      const changed = changeMode(stage);
      const isOver = await client.until(() => client.reader.finished > 0 || client.closing !== 'open', 6000);
      const status = client.reader.replies[0]?.status;
      const faults = await changed;
      const reached = stage.requests(token).map(({ environment }) => environment);
      return [
        ...faults,
        ...faultIf(!isOver, forbidden('no answer within the time of the drain')),
        ...faultIf(isOver && status !== 504, reply(`the write got ${status}`)),
        ...faultIf(reached.join() !== stage.world.routed, forbidden(`the write reached ${reached.join()}`)),
      ];
    },
  },
  {
    id: 'M-22',
    title: 'forty writes while the mode changes',
    why: 'none is lost, doubled, or taken by the old environment after the new one took one',
    lane: 'own',
    procedure: async (stage) => {
      const writes: { token: string; status: Promise<number> }[] = [];
      let changed: Promise<readonly Fault[]> = Promise.resolve([]);
      for (let n = 0; n < 40; n++) {
        const token = stage.token(soon);
        writes.push({ token, status: stage.ask(write(`w${n}z`), token, 15_000) });
        if (n === 10) changed = changeMode(stage);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      const statuses = await Promise.all(writes.map(({ status }) => status));
      const faults = await changed;
      const reached = writes.map(({ token }) => stage.requests(token));
      const all = reached.flat();
      const lastOld = Math.max(0, ...all.filter((r) => r.environment === stage.world.routed).map(({ at }) => at));
      const firstNew = Math.min(
        Infinity,
        ...all.filter((r) => r.environment !== stage.world.routed).map(({ at }) => at),
      );
      return [
        ...faults,
        ...faultIf(
          reached.some((requests) => requests.length > 1),
          forbidden('a write was sent twice'),
        ),
        ...faultIf(lastOld > firstNew, forbidden('the old environment took a write after the new one')),
        ...faultIf(firstNew === Infinity, missing('no write reached the new environment')),
        ...statuses.flatMap((status, n) => [
          ...faultIf(![200, 409, 503, 504].includes(status), reply(`write ${n} got ${status}`)),
          ...faultIf(status === 200 && reached[n]?.length !== 1, forbidden(`write ${n} was answered by nobody`)),
          ...faultIf(status === 503 && reached[n]?.length !== 0, forbidden(`write ${n} was sent and answered 503`)),
        ]),
      ];
    },
  },
  {
    id: 'M-23',
    title: 'a tunnel is open when the mode changes',
    why: 'a tunnel to the old environment would go on taking writes there',
    lane: 'own',
    procedure: async (stage) => {
      const token = stage.token(accepted);
      const client = await stage.send(upgrade(), token);
      await client.until(() => client.reader.finished > 0, 3000);
      const faults = await changeMode(stage);
      const near = await client.until(() => client.closing !== 'open', 10_000);
      const far = await eventually(() => stage.requests(token).every(({ connection }) => connection.closed), 10_000);
      return [
        ...faults,
        ...faultIf(client.reader.replies[0]?.status !== 101, reply('no tunnel was opened')),
        ...faultIf(!near, forbidden("the partner's end stays open")),
        ...faultIf(!far, forbidden("the environment's end stays open")),
      ];
    },
  },
  {
    id: 'M-26',
    title: 'the environment is gone, then back',
    why: 'recovery needs no restart',
    lane: 'own',
    procedure: async (stage) => {
      const { world } = stage;
      const backend = world.backend(world.routed);
      await backend.vanish();
      const client = await stage.send(get(), stage.token());
      await client.until(() => client.reader.finished > 0 || client.closing !== 'open', 10_000);
      const answer = client.reader.replies[0];
      await backend.comeBack();
      const back = performance.now();
      let status = 0;
      while (status !== 200 && performance.now() < back + 5000) status = await stage.ask(get(), stage.token());
      return [
        ...faultIf(
          answer?.status !== 502 && answer?.status !== 503,
          reply(`without an environment: ${answer?.status}`),
        ),
        ...faultIf(valuesOf(answer?.fields ?? [], 'x-hybridmode').length !== 1, reply('no X-Hybridmode in the error')),
        ...faultIf(status !== 200, reply(`5 s after the environment came back: ${status}`)),
      ];
    },
  },
  {
    id: 'M-27',
    title: 'kill -9 in the middle of a switch',
    why: 'the state is the old one or the new one, whole',
    lane: 'own',
    procedure: async (stage) => {
      const { world } = stage;
      const token = stage.token(silence);
      await stage.send(write('hang'), token);
      await eventually(() => stage.requests(token).length > 0, 2000);
      const changed = changeMode(stage).catch(() => []);
      await new Promise((resolve) => setTimeout(resolve, 500));
      await world.gateway.kill();
      await changed;
      await world.gateway.start();
      const { mode, target } = await world.gateway.mode();
      const environment = mode === 'normal' ? 'operational' : target;
      const isOldOrNew = [world.routed, world.next.target].some((known) => known === environment);
      return [
        ...faultIf(!isOldOrNew, forbidden(`after the restart: ${mode} ${target}`)),
        ...(await goesTo(stage, environment, mode === 'normal' ? 'normal' : `${mode}-fa`)),
      ];
    },
  },
];
