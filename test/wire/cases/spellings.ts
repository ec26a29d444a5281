import type { Safe, WireCase } from '../case.ts';
import { HIDDEN, LAST_CHUNK, lengthOf, post } from '../notation.ts';
import { all, either, faultIf, forbidden, onePassed, refusedAndClosed, reply, served } from '../safe.ts';

const chunkedOrLong = LAST_CHUNK + HIDDEN;

function coding(name: string, lines: string, safe: Safe): WireCase {
  return {
    id: `Q-TE-${name}`,
    title: `a length, and ${JSON.stringify(lines)}`,
    why: 'read differently on both sides, the field would let the hidden request be executed',
    sent: [{ send: post(`${lengthOf(chunkedOrLong)}${lines}\r\n`, chunkedOrLong) }],
    safe,
  };
}

// Without a length that the gateway knows, the rest is a request of its own: one without credentials.
const bodyIsOwnRequest: Safe = all(onePassed(), (seen) => [
  ...faultIf(seen.replies[0]?.status !== 200, reply(`the POST was answered ${seen.replies[0]?.status}`)),
  ...faultIf(seen.replies[1]?.status !== 401, reply(`the request behind it was answered ${seen.replies[1]?.status}`)),
  ...faultIf(seen.replies.length > 2, forbidden('more answers than requests')),
]);

function length(name: string, lines: string): WireCase {
  return {
    id: `Q-CL-${name}`,
    title: `the length as ${JSON.stringify(lines)}`,
    why: 'both sides see the same length, or the request is refused',
    sent: [{ send: post(`${lines}\r\n`, HIDDEN) }],
    replies: 2,
    patienceMs: 700,
    safe: either(refusedAndClosed, served(HIDDEN), bodyIsOwnRequest),
  };
}

const both: readonly (readonly [name: string, lines: string])[] = [
  ['twospaces', 'Transfer-Encoding:  chunked'],
  ['mixed', 'tRANSFER-ENCODING: chunked'],
  ['connection', 'Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked'],
  ['suffix-tab', 'Transfer-Encoding: chunked\t'],
  ['plain', 'Transfer-Encoding: chunked'],
];

const codings: readonly (readonly [name: string, lines: string])[] = [
  ['underjoin', 'Transfer_Encoding: chunked'],
  ['spacejoin', 'Transfer Encoding: chunked'],
  ['shyjoin', 'Transfer\xadEncoding: chunked'],
  ['spacecolon', 'Transfer-Encoding : chunked'],
  ['spacejunk', 'Transfer-Encoding x: chunked'],
  ['nocolon', 'Transfer-Encoding chunked'],
  ['equals', 'Transfer-Encoding=chunked'],
  ['leadspace', ' Transfer-Encoding: chunked'],
  ['leadtab', '\tTransfer-Encoding: chunked'],
  ['fold', 'Transfer-Encoding:\r\n chunked'],
  ['lffold', 'Transfer-Encoding:\n chunked'],
  ['aftercr', 'Foo: bar\rTransfer-Encoding: chunked'],
  ['crinname', 'Tra\rnsfer-Encoding: chunked'],
  ['lfsplit', 'Foo: barn\n\nTransfer-Encoding: chunked'],
  ['aposed', "Transfer-Encoding: 'chunked'"],
  ['semicolon', 'Transfer-Encoding: chunked;x=y'],
  ['emptyfirst', 'Transfer-Encoding:\r\nTransfer-Encoding: chunked'],
  ['prefix-nul', 'Transfer-Encoding: \x00chunked'],
  ['name-nul', 'Transfer-Encoding\x00: chunked'],
  ['name-tab', 'Transfer-Encoding\t: chunked'],
  ['prefix-vt', 'Transfer-Encoding: \x0bchunked'],
  ['suffix-vt', 'Transfer-Encoding: chunked\x0b'],
  ['prefix-ff', 'Transfer-Encoding: \x0cchunked'],
  ['name-ff', 'Transfer-Encoding\x0c: chunked'],
  ['prefix-cr', 'Transfer-Encoding: \rchunked'],
  ['suffix-cr', 'Transfer-Encoding: chunked\r'],
  ['prefix-del', 'Transfer-Encoding: \x7fchunked'],
  ['name-del', 'Transfer-Encoding\x7f: chunked'],
  ['prefix-nel', 'Transfer-Encoding: \x85chunked'],
  ['name-nel', 'Transfer-Encoding\x85: chunked'],
  ['prefix-nbsp', 'Transfer-Encoding: \xa0chunked'],
  ['prefix-shy', 'Transfer-Encoding: \xadchunked'],
  ['name-shy', 'Transfer-Encoding\xad: chunked'],
  ['suffix-xff', 'Transfer-Encoding: chunked\xff'],
  ['name-xff', 'Transfer-Encoding\xff: chunked'],
  ['name-bs', 'Transfer-Encoding\x08: chunked'],
  ['name-us', 'Transfer-Encoding\x1f: chunked'],
  ['identityfirst', 'Transfer-Encoding: identity, chunked'],
  ['identitylast', 'Transfer-Encoding: chunked, identity'],
  ['nestedids', 'Transfer-Encoding: identity, chunked, identity'],
  ['lazygrep', 'Transfer-Encoding: chunk'],
  ['cow', 'Transfer-Encoding: cow, chunked'],
  ['mime', 'Transfer-Encoding: =?UTF-8?B?Y2h1bmtlZA==?='],
  ['contentenc', 'Content-Encoding: chunked'],
  ['revdual', 'Transfer-Encoding: identity\r\nTransfer-Encoding: chunked'],
];

const n = HIDDEN.length;

const lengths: readonly (readonly [name: string, lines: string])[] = [
  ['nospace', `Content-Length:${n}`],
  ['upper', `CONTENT-LENGTH: ${n}`],
  ['mixed', `cONTENT-LENGTH: ${n}`],
  ['backslash', `Content\\Length: ${n}`],
  ['nodash', `ContentLength: ${n}`],
  ['nocolon', `Content-Length ${n}`],
  ['foldtab', `Content-Length:\r\n\t${n}`],
  ['doublefold', `Content-Length:\r\n \r\n ${n}`],
  ['lfcolon', `Content-Length\n : ${n}`],
  ['aftercr', `Foo: bar\rContent-Length: ${n}`],
  ['afterlf', `Foo: bar\nContent-Length: ${n}`],
  ['nested', `Foo: bar\r\n Content-Length: ${n}`],
  ['crinname', `Con\rtent-Length: ${n}`],
  ['lfsplit', `Foo: barn\n\nContent-Length: ${n}`],
  ['quoted', `Content-Length: "${n}"`],
  ['comment', `Content-Length: (x) ${n}`],
  ['urlname', `Cont%65nt-Length: ${n}`],
  ['emptyfirst', `Content-Length:\r\nContent-Length: ${n}`],
  ['suffix-nul', `Content-Length: ${n}\x00`],
  ['name-nul', `Content-Length\x00: ${n}`],
  ['prefix-tab', `Content-Length: \t${n}`],
  ['suffix-tab', `Content-Length: ${n}\t`],
  ['name-tab', `Content-Length\t: ${n}`],
  ['suffix-vt', `Content-Length: ${n}\x0b`],
  ['prefix-ff', `Content-Length: \x0c${n}`],
  ['suffix-ff', `Content-Length: ${n}\x0c`],
  ['name-cr', `Content-Length\r: ${n}`],
  ['suffix-del', `Content-Length: ${n}\x7f`],
  ['name-del', `Content-Length\x7f: ${n}`],
  ['suffix-nel', `Content-Length: ${n}\x85`],
  ['name-nel', `Content-Length\x85: ${n}`],
  ['prefix-nbsp', `Content-Length: \xa0${n}`],
  ['name-nbsp', `Content-Length\xa0: ${n}`],
  ['prefix-shy', `Content-Length: \xad${n}`],
  ['suffix-shy', `Content-Length: ${n}\xad`],
  ['name-shy', `Content-Length\xad: ${n}`],
  ['prefix-xff', `Content-Length: \xff${n}`],
  ['name-xff', `Content-Length\xff: ${n}`],
  ['prefix-bs', `Content-Length: \x08${n}`],
  ['suffix-bs', `Content-Length: ${n}\x08`],
  ['prefix-us', `Content-Length: \x1f${n}`],
  ['suffix-us', `Content-Length: ${n}\x1f`],
  ['minus', `Content-Length: -${n}`],
  ['pad', `Content-Length: 0${n}`],
  ['bigpad', `Content-Length: 00000000000${n}`],
  ['spacepad', `Content-Length: 0 ${n}`],
  ['dec', `Content-Length: ${n}.0`],
  ['zerofirst', `Content-Length: 0, ${n}`],
  ['zerolast', `Content-Length: ${n}, 0`],
  ['hexa', `Content-Length: 0x${n.toString(16)}`],
  ['under', `Content-Length: ${String(n).split('').join('_')}`],
  ['error', `X-Invalid Y: \r\nContent-Length: ${n}`],
  ['expect', `Expect: 100-continue\r\nContent-Length: ${n}`],
];

/** The two framing fields, spelt as readers have read them differently. */
export const spellings: readonly WireCase[] = [
  ...both.map(([name, lines]) => coding(name, lines, refusedAndClosed)),
  ...codings.map(([name, lines]) => coding(name, lines, either(refusedAndClosed, served(chunkedOrLong)))),
  ...lengths.map(([name, lines]) => length(name, lines)),
];
