// What holds in every case, whatever the answer. The case's own sentence comes on top of it (`safe`).

import type { Stray } from './backend.ts';
import type { Fault, Seen } from './case.ts';
import { valuesOf } from './framing.ts';
import { PARTNER } from './notation.ts';
import type { Reply } from './reply-reader.ts';
import { faultIf, forbidden } from './safe.ts';
import type { UpstreamRequest } from './upstream.ts';
import { credentialsOf } from './world.ts';

const HYBRID_MODES = ['normal', 'emergency', 'recovery'].flatMap((mode) => [mode, `${mode}-fa`]);
const SECRETS = [PARTNER.password, Buffer.from(`${PARTNER.user}:${PARTNER.password}`).toString('base64')];

/** What reached an environment is strict HTTP/1.1, in the gateway's name, and no partner meant to hide it. */
export function requestFaults(request: UpstreamRequest): readonly Fault[] {
  const { head, trailers } = request;
  return [
    ...forwardFaults(request),
    ...faultIf(
      SECRETS.some((secret) => head.text.includes(secret) || trailers.some(([, value]) => value.includes(secret))),
      forbidden("the partner's credentials reached the environment"),
    ),
    ...faultIf(head.target.endsWith('/hidden'), forbidden('the hidden request was executed')),
  ];
}

/** What reached an environment is strict HTTP/1.1, with the environment's credentials. */
export function forwardFaults(request: UpstreamRequest): readonly Fault[] {
  const { head, environment } = request;
  const credentials = valuesOf(head.fields, 'authorization');
  return [
    ...request.faults.map(forbidden),
    ...faultIf(head.version !== 'HTTP/1.1', forbidden(`${head.version} reached the environment`)),
    ...faultIf(
      !head.target.startsWith('/') && !(head.method === 'OPTIONS' && head.target === '*'),
      forbidden(`the target ${head.target} reached the environment`),
    ),
    ...faultIf(
      credentials.length !== 1 || credentials[0] !== credentialsOf(environment),
      forbidden(`Authorization at ${environment}: ${JSON.stringify(credentials)}`),
    ),
  ];
}

/** A reply has one framing, exactly one `X-Hybridmode`, and the right one. */
export function replyFaults(answer: Reply, hybridMode: string | null): readonly Fault[] {
  const said = valuesOf(answer.fields, 'x-hybridmode');
  const isRight = hybridMode === null ? HYBRID_MODES.includes(said[0] ?? '') : said[0] === hybridMode;
  return [
    ...answer.faults.map(forbidden),
    ...faultIf(said.length !== 1 || !isRight, forbidden(`X-Hybridmode in a ${answer.status}: ${JSON.stringify(said)}`)),
    ...faultIf(
      answer.fields.some(([, value]) => value.includes('-secret')),
      forbidden("the environment's credentials reached the partner"),
    ),
  ];
}

/** Writes reach an environment once; only what is safe to repeat may come again. */
export function repetitionFaults(requests: readonly UpstreamRequest[]): readonly Fault[] {
  const seen = new Set<string>();
  return requests.flatMap(({ head }) => {
    const name = `${head.method} ${head.target}`;
    const isAgain = seen.has(name) && !['GET', 'HEAD'].includes(head.method);
    seen.add(name);
    return faultIf(isAgain, forbidden(`${name} was sent twice`));
  });
}

export function strayFaults(strays: readonly Stray[]): readonly Fault[] {
  return strays.map(({ environment, reason }) => forbidden(`no strict request at ${environment}: ${reason}`));
}

/** All that holds for whatever was seen. */
export function universalFaults(seen: Seen, strays: readonly Stray[], broken: string | null): readonly Fault[] {
  return [
    ...strayFaults(strays),
    ...seen.requests.flatMap(requestFaults),
    ...repetitionFaults(seen.requests),
    ...seen.replies.flatMap((answer) => replyFaults(answer, seen.hybridMode)),
    ...faultIf(broken !== null, forbidden(`not a reply: ${broken}`)),
    ...faultIf(seen.received.includes('SECOND'), forbidden('an answer that belongs to nobody reached a partner')),
  ];
}

// While switches go on, the gateway may say "not now" to anything, and a switch ends tunnels.
const NOT_NOW = [409, 502, 503, 504];

/** The case's own sentence, as far as it holds in this mode. */
export function ownFaults(seen: Seen, faults: readonly Fault[], isTunnel: boolean): readonly Fault[] {
  if (seen.hybridMode !== null) return faults;
  const isExcused = isTunnel || seen.replies.some(({ status }) => NOT_NOW.includes(status)) || isRetriedRead(seen);
  return isExcused ? faults.filter(({ about }) => about === 'forbidden' && !isRetriedRead(seen)) : faults;
}

// A read may have been answered by one environment after another did not answer it.
function isRetriedRead(seen: Seen): boolean {
  return seen.requests.length > 1 && seen.requests.every(({ head }) => head.method === 'GET');
}
