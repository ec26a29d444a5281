// What is safe for a case, as sentences over what was seen. Each builder gives a function from the evidence to faults.

import type { Fault, Safe, Seen } from './case.ts';
import { valuesOf } from './framing.ts';
import { TOKEN } from './notation.ts';
import type { Reply } from './reply-reader.ts';
import type { UpstreamRequest } from './upstream.ts';

export const reply = (text: string): Fault => ({ about: 'reply', text });
export const missing = (text: string): Fault => ({ about: 'missing', text });
export const forbidden = (text: string): Fault => ({ about: 'forbidden', text });

export function faultIf(isSo: boolean, fault: Fault): Fault[] {
  return isSo ? [fault] : [];
}

export function statuses(seen: Seen): string {
  return seen.replies.map(({ status }) => status).join(', ') || 'no answer';
}

/** Does all of these hold. */
export function all(...safes: readonly Safe[]): Safe {
  return (seen) => safes.flatMap((safe) => safe(seen));
}

/** Does one of these hold. */
export function either(...safes: readonly Safe[]): Safe {
  return (seen) => {
    const verdicts = safes.map((safe) => safe(seen));
    if (verdicts.some((faults) => faults.length === 0)) return [];
    const mildest = verdicts.find((faults) => faults.every(({ about }) => about !== 'forbidden'));
    const text = verdicts.map((faults) => faults.map((fault) => fault.text).join('; ')).join(' — nor: ');
    return [{ about: mildest?.[0]?.about ?? 'forbidden', text: `neither: ${text}` }];
  };
}

/** Nothing of it reaches an environment. */
export const nothingReaches: Safe = ({ requests }) =>
  faultIf(
    requests.length > 0,
    forbidden(`reached ${requests.map((r) => `${r.environment}: ${r.head.method} ${r.head.target}`).join(', ')}`),
  );

export const closed: Safe = (seen) => faultIf(seen.closing === 'open', reply('the connection was not closed'));

/** The last answer has one of these statuses, and there are no others but `before`. */
export function answered(status: (status: number) => boolean, wanted: string, before: readonly number[] = []): Safe {
  return (seen) => {
    const got = seen.replies.map((reply) => reply.status);
    const isSo = got.length === before.length + 1 && before.every((s, n) => got[n] === s) && status(got.at(-1) ?? 0);
    return faultIf(!isSo, reply(`answered ${statuses(seen)}, not ${[...before, wanted].join(', ')}`));
  };
}

export const isRefusal = (status: number): boolean =>
  (status >= 400 && status < 500) || status === 501 || status === 505;

const anyRefusal = answered(isRefusal, '4xx, 501 or 505');

/** Refused, closed, never forwarded. */
export const refusedAndClosed: Safe = all(nothingReaches, anyRefusal, closed);

/** Refused and never forwarded; the connection may stay. */
export const refused: Safe = all(nothingReaches, anyRefusal);

/** Refused with one of these, never forwarded. */
export function refusedWith(...codes: readonly number[]): Safe {
  return all(nothingReaches, status(...codes));
}

/** One answer, with one of these statuses. */
export function status(...codes: readonly number[]): Safe {
  return answered((status) => codes.includes(status), codes.join(' or '));
}

/** Exactly one request, whole, with this body. */
export function onePassed(text = ''): Safe {
  return (seen) => {
    const body = text.replaceAll(TOKEN, seen.token);
    const [request, ...others] = seen.requests;
    if (request === undefined) return [missing('nothing reached the environment')];
    return [
      ...faultIf(others.length > 0, forbidden(`${seen.requests.length} requests reached the environment`)),
      ...faultIf(!request.complete, missing('the request never ended at the environment')),
      ...faultIf(
        request.complete && request.body.toString('latin1') !== body,
        forbidden(`the body at the environment is ${JSON.stringify(request.body.toString('latin1'))}`),
      ),
    ];
  };
}

/** 200, and exactly one request with this body at the environment. */
export function served(body = ''): Safe {
  return all(status(200), onePassed(body));
}

/** Refused, or one request in the one safe form. */
export function refusedOrPassed(body = ''): Safe {
  return either(refused, served(body));
}

/** Refused; what was already on its way is broken off there and never completes. */
export const brokenOff: Safe = all(anyRefusal, closed, neverCompletes());

/** No request completes at the environment, and what began is cut. */
export function neverCompletes(): Safe {
  return ({ requests }) => [
    ...faultIf(
      requests.some((request) => request.complete),
      forbidden('the request was completed at the environment'),
    ),
    ...faultIf(
      requests.some((request) => !request.complete && !request.connection.closed),
      forbidden('the connection to the environment was left open'),
    ),
  ];
}

/** A look at the one request that reached the environment. */
export function atEnvironment(look: (request: UpstreamRequest) => readonly Fault[]): Safe {
  return ({ requests }) => requests.flatMap((request) => look(request));
}

/** None of these fields (nor one that `_` makes look like it) is in the request. */
export function without(...names: readonly string[]): Safe {
  return atEnvironment(({ head }) =>
    head.fields
      .filter(([name]) => names.includes(name.toLowerCase().replaceAll('_', '-')))
      .map(([name, value]) => forbidden(`${name}: ${value} reached the environment`)),
  );
}

/** These bytes are nowhere in the head. */
export function withoutText(...texts: readonly string[]): Safe {
  return atEnvironment(({ head }) =>
    texts.filter((text) => head.text.includes(text)).map((text) => forbidden(`${text} reached the environment`)),
  );
}

/** The field is there with this value (several lines count as joined by comma). */
export function withField(name: string, value: string, joint = ', '): Safe {
  return atEnvironment(({ head }) => {
    const got = valuesOf(head.fields, name).join(joint);
    return faultIf(got !== value, forbidden(`${name} reached the environment as ${JSON.stringify(got)}`));
  });
}

/** The target, byte for byte, as it was sent (`{token}` is left to the caller). */
export function withTarget(isIt: (target: string) => boolean): Safe {
  return atEnvironment(({ head }) => faultIf(!isIt(head.target), forbidden(`the target became ${head.target}`)));
}

/** No 100 (or at most so many). */
export function continues(atMost: number): Safe {
  return (seen) => {
    const count = seen.interim.filter((status) => status === 100).length;
    return faultIf(count > atMost, reply(`${count} times 100 Continue`));
  };
}

/** The last answer's body. */
export function withBody(body: string): Safe {
  return (seen) => {
    const got = seen.replies.at(-1)?.body.toString('latin1');
    return faultIf(got !== body, reply(`the body is ${JSON.stringify(got)}`));
  };
}

/** None of these fields is in any answer. */
export function withoutReplyFields(...names: readonly string[]): Safe {
  return (seen) =>
    seen.replies.flatMap((answer) =>
      answer.fields
        .filter(([name]) => names.includes(name.toLowerCase()))
        .map(([name, value]) => forbidden(`${name}: ${value} reached the partner`)),
    );
}

/** These bytes reached nobody. */
export function notReceived(text: string): Safe {
  return (seen) => faultIf(seen.received.includes(text), forbidden(`the partner received ${JSON.stringify(text)}`));
}

/** The last answer's values of a field. */
export function replyValues(seen: Seen, name: string): string[] {
  return valuesOf(lastReply(seen)?.fields ?? [], name);
}

export function lastReply(seen: Seen): Reply | undefined {
  return seen.replies.at(-1);
}

/** Broken off within 2 s, or 502 where nothing was sent yet; never a clean end. */
export const cutOrBadGateway: Safe = (seen) => {
  const last = lastReply(seen);
  if (last === undefined) return faultIf(seen.closing === 'open', reply('neither an answer nor a cut'));
  if (last.status >= 500) return [];
  return [
    ...faultIf(last.complete, forbidden('a broken answer was ended as if it were whole')),
    ...faultIf(seen.closing === 'open', forbidden('the partner waits for ever for the rest')),
  ];
};

/** The connection to the environment is not used again after the first request on it. */
export const connectionNotUsedAgain: Safe = ({ requests }) =>
  requests
    .filter((request) => !request.connection.closed || request.connection.requests.at(-1) !== request)
    .map(() => forbidden('the connection to the environment was kept or used again'));
