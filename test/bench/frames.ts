import type { Socket } from 'node:net';

// RFC 6455 5.2, as much as short text messages in single frames need.

const TEXT = 0x81;
const MASKED = 0x80;

/** A text message as a client sends it. The mask is zero: allowed, and free for both sides. */
export function clientFrame(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from([TEXT, MASKED | message.length, 0, 0, 0, 0]), message]);
}

/** Takes what a client sends, in pieces of any size, and sends every message back. */
export function echoFrames(socket: Socket): (chunk: Buffer) => void {
  let held = Buffer.alloc(0);
  return (chunk) => {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const out: Buffer[] = [];
    let at = 0;
    for (;;) {
      const length = (bytes[at + 1] ?? 0) & 0x7f;
      const end = at + 6 + length;
      if (bytes.length < at + 2 || bytes.length < end) break;
      out.push(Buffer.from([TEXT, length]), unmasked(bytes.subarray(at + 2, at + 6), bytes.subarray(at + 6, end)));
      at = end;
    }
    held = Buffer.from(bytes.subarray(at));
    if (out.length > 0) socket.write(Buffer.concat(out));
  };
}

function unmasked(mask: Buffer, payload: Buffer): Buffer {
  if (mask.readUInt32BE(0) === 0) return payload;
  return Buffer.from(payload.map((byte, i) => byte ^ (mask[i & 3] ?? 0)));
}
