import type { Fault, WireCase } from '../case.ts';
import { CHUNKED } from '../notation.ts';
import { faultIf, forbidden, reply } from '../safe.ts';
import type { Stage } from '../stage.ts';

/** Sends this to the control listener as it stands; the status of the answer, or 0. */
async function ask(stage: Stage, text: string): Promise<number> {
  const client = await stage.world.connectControl();
  stage.clients.push(client);
  client.send(Buffer.from(text, 'latin1'));
  await client.until(() => client.reader.finished > 0 || client.closing !== 'open', 5000);
  return client.reader.replies[0]?.status ?? 0;
}

async function fieldsOf(stage: Stage, host?: string): Promise<string> {
  const { gateway } = stage.world;
  return `Host: ${host ?? `127.0.0.1:${gateway.place.controlPort}`}\r\nAuthorization: Bearer ${await gateway.controlToken()}\r\n`;
}

const json = (body: string): string =>
  `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

async function goesOn(stage: Stage, before: string): Promise<readonly Fault[]> {
  const status = await ask(stage, `GET /api/mode HTTP/1.1\r\n${await fieldsOf(stage)}Connection: close\r\n\r\n`);
  const { mode, target } = await stage.world.gateway.mode();
  return [
    ...faultIf(status !== 200, forbidden(`control answers ${status} afterwards`)),
    ...faultIf(stage.world.mode !== 'switching' && `${mode} ${target}` !== before, forbidden('the mode was changed')),
  ];
}

async function modeOf(stage: Stage): Promise<string> {
  const { mode, target } = await stage.world.gateway.mode();
  return `${mode} ${target}`;
}

/** The listener from which the mode is changed. */
export const control: readonly WireCase[] = [
  {
    id: 'C-01',
    title: 'control under a foreign name',
    why: 'a page elsewhere must not reach the button through a name of its own (DNS rebinding)',
    lane: 'shared',
    procedure: async (stage) => {
      const status = await ask(stage, `GET /api/mode HTTP/1.1\r\n${await fieldsOf(stage, 'evil.test')}\r\n`);
      return faultIf(![400, 403, 421].includes(status), forbidden(`answered ${status}`));
    },
  },
  {
    id: 'C-02',
    title: 'a switch from another origin',
    why: 'cross-site request forgery',
    lane: 'shared',
    procedure: async (stage) => {
      const before = await modeOf(stage);
      const { epoch } = await stage.world.gateway.mode();
      const wish = { ...stage.world.next, expectedEpoch: epoch, reason: 'forged', override: ['*'] };
      const status = await ask(
        stage,
        `POST /api/mode HTTP/1.1\r\n${await fieldsOf(stage)}Origin: https://evil.test\r\nSec-Fetch-Site: cross-site\r\n` +
          json(
            JSON.stringify({
              to: wish.to,
              target: wish.target,
              expectedEpoch: epoch,
              reason: wish.reason,
              override: ['*'],
            }),
          ),
      );
      return [...faultIf(status !== 403, forbidden(`answered ${status}`)), ...(await goesOn(stage, before))];
    },
  },
  {
    id: 'C-03',
    title: 'bodies for control that are too large or no JSON',
    why: "bounded, and the caller's mistake (4xx)",
    lane: 'shared',
    procedure: async (stage) => {
      const before = await modeOf(stage);
      const head = `POST /api/mode HTTP/1.1\r\n${await fieldsOf(stage)}`;
      const large = await ask(stage, head + json(`{"to":"${'x'.repeat(2_000_000)}"}`));
      const small = [];
      for (const body of ['{"to":', '', 'null', '[]', '{"to":7}']) small.push(await ask(stage, head + json(body)));
      return [
        ...faultIf(large !== 413, reply(`2 MB were answered ${large}`)),
        ...faultIf(
          small.some((status) => status !== 400 && status !== 422),
          reply(`junk was answered ${small.join()}`),
        ),
        ...(await goesOn(stage, before)),
      ];
    },
  },
  {
    id: 'C-06',
    title: 'faulty framing for control',
    why: 'this listener deserves the same care',
    lane: 'shared',
    procedure: async (stage) => {
      const before = await modeOf(stage);
      const head = `POST /api/mode HTTP/1.1\r\n${await fieldsOf(stage)}`;
      const statuses = [];
      for (const junk of [
        `${head}Content-Length: 6\r\n${CHUNKED}\r\n0\r\n\r\nG`,
        `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
        `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
        `${head}${CHUNKED}\r\n0x2\r\nab\r\n0\r\n\r\n`,
        `GET http:// HTTP/1.1\r\n${await fieldsOf(stage)}\r\n`,
        '\x16\x03\x01\x02\x00\x01\r\n\r\n',
      ]) {
        statuses.push(await ask(stage, junk));
      }
      return [
        ...faultIf(
          statuses.some((status) => status < 400 || status > 499),
          reply(`answered ${statuses.join()}`),
        ),
        ...(await goesOn(stage, before)),
      ];
    },
  },
];
