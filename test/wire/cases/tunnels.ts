import type { Seen, WireCase } from '../case.ts';
import { all, faultIf, forbidden, missing, status } from '../safe.ts';
import { accepted, upgrade } from './upgrades.ts';

/** A WebSocket frame with any first byte; masked with zeros where asked. */
function frame(firstByte: number, length: number, isMasked: boolean): string {
  const mask = isMasked ? 0x80 : 0;
  const size =
    length < 126
      ? String.fromCharCode(mask | length)
      : length < 65_536
        ? String.fromCharCode(mask | 126, length >> 8, length & 255)
        : String.fromCharCode(mask | 127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255);
  return String.fromCharCode(firstByte) + size + (isMasked ? '\0\0\0\0' : '') + 'p'.repeat(length);
}

// Every opcode with every reserved bit, whole and in parts; every form of the length.
const frames =
  Array.from({ length: 256 }, (_, firstByte) => frame(firstByte, firstByte % 5, firstByte % 2 === 0)).join('') +
  [0, 125, 126, 127, 65_535, 65_536].map((length) => frame(0x82, length, true) + frame(0x02, length, false)).join('');
const fewFrames = frame(0x81, 5, true) + frame(0xf3, 126, false) + frame(0x89, 0, true) + frame(0x88, 2, true);

const equalBothWays = (sent: string) => (seen: Seen) => {
  const there = seen.requests[0]?.tunnel.toString('latin1') ?? '';
  const back = seen.tunnel.toString('latin1');
  return [
    ...faultIf(sent.startsWith(there) && there !== sent, missing(`${there.length} of ${sent.length} bytes got there`)),
    ...faultIf(!sent.startsWith(there), forbidden('other bytes got to the environment')),
    ...faultIf(sent.startsWith(back) && back !== sent, missing(`${back.length} of ${sent.length} bytes came back`)),
    ...faultIf(!sent.startsWith(back), forbidden('other bytes came back')),
  ];
};

/** What goes through a tunnel. */
export const tunnels: readonly WireCase[] = [
  {
    id: 'W-12',
    title: 'a frame in one segment with the handshake',
    why: 'the bytes behind the head belong to the tunnel',
    sent: [{ send: upgrade() + fewFrames }, { awaitReplies: 1 }, { awaitTunnelBytes: fewFrames.length }],
    environment: accepted,
    tunnel: true,
    safe: all(status(101), equalBothWays(fewFrames)),
  },
  {
    id: 'W-14',
    title: 'every opcode, reserved bit and form of length',
    why: 'a proxy does not look into frames, not even into wrong ones',
    sent: [{ send: upgrade() }, { awaitReplies: 1 }, { send: frames }, { awaitTunnelBytes: frames.length }],
    environment: accepted,
    tunnel: true,
    safe: all(status(101), equalBothWays(frames)),
  },
  {
    id: 'W-14b',
    title: 'frames in writes of one byte',
    why: 'segments do not matter',
    sent: [{ send: upgrade() }, { awaitReplies: 1 }, { bytewise: fewFrames }, { awaitTunnelBytes: fewFrames.length }],
    environment: accepted,
    tunnel: true,
    safe: all(status(101), equalBothWays(fewFrames)),
  },
];
