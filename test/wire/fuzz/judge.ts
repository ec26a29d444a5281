import type { Stray } from '../backend.ts';
import type { RawClient } from '../client.ts';
import { forwardFaults, replyFaults, strayFaults } from '../oracle.ts';
import { ReplyReader } from '../reply-reader.ts';
import type { UpstreamRequest } from '../upstream.ts';
import { isAuthorized, originForm, type Meant, type Reading } from './reference.ts';

/** What came of one job. */
export interface Outcome {
  readonly client: RawClient;
  readonly requests: readonly UpstreamRequest[];
  readonly strays: readonly Stray[];
  readonly hybridMode: string | null;
}

function isThisOne(meant: Meant, { head, body, bodyBytes, complete }: UpstreamRequest): boolean {
  if (meant.head.method !== head.method || originForm(meant.head.target) !== head.target) return false;
  if (!complete) return bodyBytes <= meant.body.length;
  return meant.complete && (bodyBytes > body.length || meant.body.equals(body));
}

/** Everything at the environment is a request that the partner sent, in its order, once. */
export function smugglingFaults(reading: Reading, requests: readonly UpstreamRequest[]): string[] {
  const left = [...reading.requests];
  return [...requests]
    .sort((a, b) => a.at - b.at)
    .flatMap((request) => {
      const at = left.findIndex((meant) => isThisOne(meant, request));
      const name = `${request.head.method} ${request.head.target} (${request.bodyBytes} bytes${request.complete ? '' : ', cut'})`;
      const [meant] = at < 0 ? [] : left.splice(0, at + 1).slice(-1);
      if (meant === undefined) return [`the environment got ${name}, which nobody sent in a strict reading`];
      return isAuthorized(meant) ? [] : [`${name} was sent on without a partner's credentials`];
    });
}

function replyListFaults({ client, hybridMode }: Outcome): string[] {
  const { broken, replies } = client.reader;
  return [
    ...(broken === null ? [] : [`not a reply: ${broken}`]),
    ...replies.flatMap((reply) => replyFaults(reply, hybridMode).map(({ text }) => text)),
  ];
}

/** Faults of a job whose requests were mangled. */
export function requestJobFaults(reading: Reading, outcome: Outcome): string[] {
  const { client, requests, strays } = outcome;
  const { replies } = client.reader;
  const most = reading.requests.length + (reading.isBroken || reading.isUnfinished ? 1 : 0);
  return [
    ...replyListFaults(outcome),
    ...strayFaults(strays).map(({ text }) => text),
    ...requests.flatMap((request) => forwardFaults(request).map(({ text }) => text)),
    ...smugglingFaults(reading, requests),
    ...(replies.length > Math.max(1, most)
      ? [`${replies.length} replies for ${reading.requests.length} requests`]
      : []),
    ...replies.flatMap((reply, n) => {
      const meant = reading.requests[n];
      const isOrdinary = reply.fields.some(([name]) => name.toLowerCase() === 'x-answers');
      if (!isOrdinary || !reply.complete || meant === undefined) return [];
      const wanted = `${meant.head.method} ${originForm(meant.head.target).slice(0, 200)}\n`;
      return reply.body.toString('latin1').endsWith(wanted) ? [] : [`reply ${n} belongs to another request`];
    }),
  ];
}

/** Faults of a job whose answer was mangled. */
export function answerJobFaults(answer: string, reading: Reading, outcome: Outcome): string[] {
  const { client, requests, strays } = outcome;
  const [reply, ...others] = client.reader.replies;
  const reference = new ReplyReader(false);
  reference.push(Buffer.from(answer, 'latin1'));
  reference.end(true);
  const [meant] = reference.replies;
  const isClean = reference.broken === null && meant !== undefined && meant.faults.length === 0;
  const isRelayed = reply !== undefined && meant !== undefined && reply.status === meant.status;
  return [
    ...replyListFaults(outcome),
    ...strayFaults(strays).map(({ text }) => text),
    ...requests.flatMap((request) => forwardFaults(request).map(({ text }) => text)),
    ...smugglingFaults(
      { ...reading, requests: reading.requests.flatMap((r) => (r.head.method === 'GET' ? [r, r, r] : [r])) },
      requests,
    ),
    ...(others.length > 0 ? ['more than one reply to one request'] : []),
    ...(reply?.status === 101 ? ['a 101 that nobody asked for reached the partner'] : []),
    ...(isClean && isRelayed && reply.complete && !meant.complete
      ? ['a cut answer was ended as if it were whole']
      : []),
    ...(isClean && isRelayed && reply.complete && meant.complete && !reply.body.equals(meant.body)
      ? ['the body of the answer was changed']
      : []),
  ];
}
