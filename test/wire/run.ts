import type { ExchangeCase, Fault, Seen, WireCase } from './case.ts';
import type { RawClient } from './client.ts';
import { bytesOf, get, P, readable } from './notation.ts';
import { ownFaults, repetitionFaults, requestFaults, replyFaults, strayFaults, universalFaults } from './oracle.ts';
import { faultIf, forbidden, reply } from './safe.ts';
import { eventually, Stage } from './stage.ts';
import type { World } from './world.ts';

export interface Verdict {
  readonly id: string;
  readonly faults: readonly string[];
  /** Bytes sent and received, and what reached the environments. */
  readonly evidence: string;
  /** The same look once more: what came after the verdict. */
  readonly again: () => readonly string[];
}

const PATIENCE_MS = 3000;

/** Runs one case and judges it; what it opened is closed when it returns. */
export async function runCase(world: World, wireCase: WireCase): Promise<Verdict> {
  const uncaught = world.gateway.uncaught;
  const verdict = 'procedure' in wireCase ? await runProcedure(world, wireCase) : await runExchange(world, wireCase);
  const faults = [...verdict.faults];
  const probe = await probeFaults(world);
  // A process that has just thrown may still be on its way out.
  if (probe.length > 0) await eventually(() => world.gateway.death !== null, 300);
  if (world.gateway.death !== null) faults.push(`${world.gateway.death}: ${world.gateway.errorOutput.slice(-2000)}`);
  else faults.push(...probe);
  if (world.gateway.uncaught > uncaught)
    faults.push(`thrown past a handler: ${world.gateway.errorOutput.slice(-2000)}`);
  return { ...verdict, faults };
}

async function runExchange(world: World, wireCase: ExchangeCase): Promise<Verdict> {
  const token = world.token();
  world.recording.expect(token, wireCase.environment);
  const client = await world.connect({ isHead: wireCase.head === true });
  await client.run(wireCase.sent, token);
  const wanted = wireCase.replies ?? 1;
  const isEnough = await client.until(
    () => client.reader.finished >= wanted || client.closing !== 'open' || client.reader.broken !== null,
    wireCase.patienceMs ?? PATIENCE_MS,
  );
  await awaitClosing(client);
  // From here on, the partner is gone: what the gateway does to its connection is no answer any more.
  const closing = client.closing;
  const left = await client.leave();
  const settled = await eventually(() => isSettled(world, token), 2000);
  const look = (): readonly Fault[] => {
    const seen = seenBy(world, client, token, closing);
    const own = ownFaults(seen, wireCase.safe(seen), wireCase.tunnel === true);
    return [
      ...own,
      ...universalFaults(seen, world.recording.straysOf(token), client.reader.broken),
      ...faultIf(!left && closing === 'open', forbidden("the partner's connection was left open")),
      ...faultIf(!settled, forbidden('a connection to the environment was left open')),
      ...faultIf(!isEnough && wireCase.patienceMs === undefined, reply('nothing came for 3 s, and no end')),
    ];
  };
  // What the gateway still had on its way comes late; what is wrong then stays wrong.
  await eventually(() => look().length === 0, 500);
  return {
    id: wireCase.id,
    faults: look().map(({ text }) => text),
    evidence: evidenceOf(world, [client], [token]),
    again: () => look().map(({ text }) => text),
  };
}

// A reply that announces the end is followed by it; after a refusal, give the end a moment.
async function awaitClosing(client: RawClient): Promise<void> {
  const last = client.reader.replies.at(-1);
  if (last === undefined || client.closing !== 'open') return;
  const announced = last.fields.some(([name, value]) => name.toLowerCase() === 'connection' && /close/i.test(value));
  const isRefusal = last.status >= 400;
  await client.until(() => client.closing !== 'open', announced ? 2000 : isRefusal ? 300 : 20);
}

function seenBy(world: World, client: RawClient, token: string, closing: Seen['closing']): Seen {
  return {
    token,
    hybridMode: world.hybridMode,
    replies: client.reader.replies,
    interim: client.reader.interim,
    received: client.received.toString('latin1'),
    tunnel: client.reader.tunnel,
    closing,
    requests: world.recording.requestsOf(token),
  };
}

function isSettled(world: World, token: string): boolean {
  return world.recording.requestsOf(token).every((request) => request.settled || request.connection.closed);
}

async function runProcedure(world: World, wireCase: Extract<WireCase, { procedure: unknown }>): Promise<Verdict> {
  const stage = new Stage(world);
  const judged = await wireCase.procedure(stage);
  // While switches go on, only what may never happen counts.
  const own = world.mode === 'switching' ? judged.filter(({ about }) => about === 'forbidden') : judged;
  for (const client of stage.clients) client.destroy();
  const settled = await eventually(() => stage.tokens.every((token) => isSettled(world, token)), 2000);
  const faults = [
    ...own,
    ...stage.tokens.flatMap((token) => [
      ...strayFaults(world.recording.straysOf(token)),
      ...world.recording.requestsOf(token).flatMap(requestFaults),
    ]),
    ...(wireCase.lane === 'own'
      ? stage.tokens.flatMap((token) => repetitionFaults(world.recording.requestsOf(token)))
      : stage.clients
          .filter((client) => !wireCase.id.startsWith('C-') && client.reader.broken === null)
          .flatMap((client) => client.reader.replies.flatMap((answer) => replyFaults(answer, world.hybridMode)))),
    ...faultIf(!settled, forbidden('a connection to the environment was left open')),
  ];
  return {
    id: wireCase.id,
    faults: [...new Set(faults.map(({ text }) => text))],
    evidence: evidenceOf(world, stage.clients.slice(0, 2), stage.tokens.slice(0, 2)),
    again: () => [],
  };
}

/** The next plain GET on a new connection gets its own answer. */
async function probeFaults(world: World): Promise<string[]> {
  const deadline = performance.now() + 5000;
  for (;;) {
    const token = world.token();
    const client = await world.connect().catch(() => null);
    if (client === null) return ['the next connection was not taken'];
    client.send(bytesOf(get('', `${P}/probe`), token));
    await client.until(() => client.reader.finished > 0 || client.closing !== 'open', PATIENCE_MS);
    const [answer] = client.reader.replies;
    await client.leave();
    world.recording.forget(token);
    if (answer?.status === 200 && answer.body.toString('latin1').endsWith(`/api/x-${token}/probe\n`)) return [];
    const mayWait = world.mode === 'switching' && [409, 502, 503, 504].includes(answer?.status ?? 0);
    if (mayWait && performance.now() < deadline) continue;
    return [`the next GET was answered ${answer?.status ?? 'nothing'} ${readable(answer?.body ?? '', 200)}`];
  }
}

function evidenceOf(world: World, clients: readonly RawClient[], tokens: readonly string[]): string {
  const lines = clients.flatMap((client) => [
    `sent      ${readable(Buffer.concat(client.sent))}`,
    `received  ${readable(client.received)} (${client.closing})`,
  ]);
  const upstream = tokens.flatMap((token) => [
    ...world.recording
      .requestsOf(token)
      .map(
        ({ environment, head, body, bodyBytes, complete }) =>
          `${environment}  ${readable(head.text + body.toString('latin1'))} (${bodyBytes} bytes of body, ${complete ? 'whole' : 'cut'})`,
      ),
    ...world.recording
      .straysOf(token)
      .map(({ environment, bytes }) => `${environment}  no request: ${readable(bytes)}`),
  ]);
  const more = upstream.length > 6 ? [`… and ${upstream.length - 6} more`] : [];
  return [...lines, ...(upstream.length > 0 ? upstream.slice(0, 6) : ['nothing reached an environment']), ...more].join(
    '\n',
  );
}
