import type { Fault, Script, WireCase } from '../case.ts';
import type { RawClient } from '../client.ts';
import { get, post } from '../notation.ts';
import { faultIf, forbidden, reply } from '../safe.ts';
import { eventually, type Stage } from '../stage.ts';
import { accepted, upgrade } from './upgrades.ts';

const silence: Script = { at: 'end', plays: ['silence'] };
const MEGABYTE = 1024 * 1024;
/** What the sockets of the system hold on both hops, and a few MB for the gateway. */
const TAKEN = 24 * MEGABYTE;

const download: Script = {
  at: 'end',
  plays: [{ send: `HTTP/1.1 200 OK\r\nContent-Length: ${64 * MEGABYTE}\r\n\r\n` }, { flood: 64 * MEGABYTE }],
};

async function crowd(
  stage: Stage,
  count: number,
  text: string,
  script: Script,
): Promise<{ clients: RawClient[]; token: string }> {
  const token = stage.token(script);
  const clients = await Promise.all(Array.from({ length: count }, () => stage.send(text, token)));
  return { clients, token };
}

/** Every connection that carried this token is gone or free for others within 2 s. */
async function letGo(stage: Stage, token: string): Promise<readonly Fault[]> {
  const open = (): number =>
    stage.requests(token).filter((request) => !request.settled && !request.connection.closed).length;
  const gone = await eventually(() => open() === 0, 2000);
  return faultIf(!gone, forbidden(`${open()} connections to the environment are left open`));
}

async function released(clients: readonly RawClient[]): Promise<readonly Fault[]> {
  const left = await Promise.all(clients.map((client) => client.leave()));
  const kept = left.filter((gone) => !gone).length;
  return faultIf(kept > 0, forbidden(`${kept} connections of partners are left open`));
}

// All that the gateway took of the answer while its partner did not read.
async function takenOf(stage: Stage, token: string): Promise<number> {
  const taken = (): number => Math.max(0, ...stage.requests(token).map(({ connection }) => connection.bytesTaken));
  for (let before = -1; taken() !== before; await new Promise((resolve) => setTimeout(resolve, 400))) before = taken();
  return taken();
}

const tooMuch = (taken: number): Fault[] =>
  faultIf(taken > TAKEN, forbidden(`the gateway took ${Math.round(taken / MEGABYTE)} MB that nobody reads`));

/** Many connections, or many bytes. */
export const crowds: readonly WireCase[] = [
  {
    id: 'W-05',
    title: 'a flood from a tunnel that nobody reads',
    why: 'end() in place of destroy() never finishes while the window is full',
    lane: 'alone',
    procedure: async (stage) => {
      const token = stage.token({ at: 'end', plays: ['accept', { flood: 64 * MEGABYTE }, 'tunnel'] });
      const client = await stage.send(upgrade(), token);
      await client.until(() => client.reader.finished > 0, 3000);
      client.stopReading();
      const taken = await takenOf(stage, token);
      client.destroy();
      return [...tooMuch(taken), ...(await letGo(stage, token))];
    },
  },
  {
    id: 'W-15',
    title: 'forty tunnels at once, all closed by their partners',
    why: 'nothing leaks',
    lane: 'alone',
    procedure: async (stage) => {
      const { clients, token } = await crowd(stage, 40, upgrade(), accepted);
      await eventually(() => clients.every((client) => client.reader.finished > 0), 4000);
      const open = clients.filter((client) => client.reader.replies[0]?.status === 101).length;
      return [
        ...faultIf(open !== 40, reply(`${open} of 40 tunnels were opened`)),
        ...(await released(clients)),
        ...(await letGo(stage, token)),
      ];
    },
  },
  {
    id: 'F-01',
    title: '25 partners leave while they wait',
    why: 'a departure that goes unnoticed costs a connection and its memory',
    lane: 'alone',
    procedure: async (stage) => {
      const { clients, token } = await crowd(stage, 25, get(), silence);
      const there = await eventually(() => stage.requests(token).length === 25, 3000);
      for (const client of clients) client.destroy();
      return [...faultIf(!there, reply('not all requests got to the environment')), ...(await letGo(stage, token))];
    },
  },
  {
    id: 'F-01c',
    title: '10 partners leave while they download',
    why: 'as F-01',
    lane: 'alone',
    procedure: async (stage) => {
      const { clients, token } = await crowd(stage, 10, get(), download);
      const there = await eventually(() => clients.every((client) => client.receivedBytes > 100_000), 5000);
      for (const client of clients) client.destroy();
      return [...faultIf(!there, reply('not all downloads began')), ...(await letGo(stage, token))];
    },
  },
  {
    id: 'F-02b',
    title: '25 partners reset while they upload',
    why: 'as F-01, with a reset',
    lane: 'alone',
    procedure: async (stage) => {
      const upload = post('Content-Length: 100000\r\n', 'x'.repeat(2000));
      const { clients, token } = await crowd(stage, 25, upload, silence);
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (const client of clients) client.reset();
      const faults = await letGo(stage, token);
      const whole = stage.requests(token).filter(({ complete }) => complete).length;
      return [...faults, ...faultIf(whole > 0, forbidden('half an upload was completed at the environment'))];
    },
  },
  {
    id: 'F-06',
    title: 'an answer of 64 MB that is not read',
    why: 'memory stays flat',
    lane: 'alone',
    procedure: async (stage) => {
      const token = stage.token(download);
      const client = await stage.send(get(), token);
      await client.until(() => client.receivedBytes > 0, 3000);
      client.stopReading();
      const taken = await takenOf(stage, token);
      client.destroy();
      return [...tooMuch(taken), ...(await letGo(stage, token))];
    },
  },
  {
    id: 'F-07',
    title: '300 idle connections, then a partner',
    why: 'who does nothing must not lock others out',
    lane: 'alone',
    procedure: async (stage) => {
      await Promise.all(Array.from({ length: 300 }, () => stage.connect()));
      const status = await stage.ask(get(), stage.token(), 2000);
      for (const client of stage.clients) client.destroy();
      return faultIf(status !== 200, reply(`the partner was answered ${status}`));
    },
  },
];
