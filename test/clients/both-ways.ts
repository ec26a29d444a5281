import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Backend, type Script } from '../support/backend.ts';
import { EMR, startTestGateway, type TestGateway } from '../support/gateway.ts';

/** Sizes of bodies: none, one byte, a few pieces, and more than the gateway holds before it streams. */
export const SIZES = [0, 1, 65_537, 3_000_001] as const;

export const DOWNLOAD = '/api/api01rv2/patientgetv2';
export const UPLOAD = '/api/orca14/appointmodv2';
export const { user: USER, password: PASSWORD } = EMR;

const contents = new Map<number, Buffer>();

/** The same bytes in every run, and nothing in them repeats. */
export function content(bytes: number): Buffer {
  const known = contents.get(bytes);
  if (known !== undefined) return known;
  const all = Buffer.alloc(bytes);
  let state = 1;
  for (let i = 0; i < bytes; i += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    all[i] = state >> 16;
  }
  contents.set(bytes, all);
  return all;
}

export function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** An environment, and a gateway before it: whatever a client does can be done both ways. */
export interface BothWays {
  readonly environment: Backend;
  readonly gateway: TestGateway;
  /** Base addresses by name. */
  readonly ways: readonly { readonly name: 'directly' | 'through the gateway'; readonly url: string }[];
  /** The gateway's address. */
  readonly through: string;
  /** A file of the test's own. */
  file(name: string, bytes: Buffer): string;
  close(): Promise<void>;
}

/** A GET gives as many bytes as its query says, with a length or (`&chunked`) without; anything else is echoed. */
const serve: Script = async (seen, response) => {
  const type = { 'Content-Type': 'application/octet-stream' };
  if (seen.method !== 'GET') {
    const body = await seen.body();
    response.writeHead(200, { ...type, 'Content-Length': String(body.length) }).end(body);
    return;
  }
  const query = new URL(seen.url, 'http://x').searchParams;
  const body = content(Number(query.get('bytes')));
  response.writeHead(200, query.has('chunked') ? type : { ...type, 'Content-Length': String(body.length) });
  response.write(body.subarray(0, body.length / 2));
  response.end(body.subarray(body.length / 2));
};

export async function bothWays(): Promise<BothWays> {
  const environment = await Backend.start({ script: serve });
  const gateway = await startTestGateway({ environments: { operational: environment.url } });
  const dir = mkdtempSync(join(tmpdir(), 'hybrid-gateway-clients-'));
  const through = `http://127.0.0.1:${gateway.port}`;
  return {
    environment,
    gateway,
    through,
    ways: [
      { name: 'directly', url: environment.url.origin },
      { name: 'through the gateway', url: through },
    ],
    file(name, bytes) {
      const path = join(dir, name);
      writeFileSync(path, bytes);
      return path;
    },
    async close() {
      await gateway.close(0);
      await environment.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export interface Ran {
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a program that the tests need; a machine without it fails, and says which. */
export async function run(program: string, ...args: string[]): Promise<Ran> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new ProgramMissing(program) : error),
    );
    child.once('close', resolve);
  });
  const [code, stdout, stderr] = await Promise.all([ended, buffer(child.stdout), buffer(child.stderr)]);
  if (code !== 0)
    throw new Error(`${program} ended with ${code}: ${stderr.toString()}${stdout.toString().slice(0, 2000)}`);
  return { stdout, stderr: stderr.toString() };
}

export class ProgramMissing extends Error {
  readonly code = 'PROGRAM_MISSING';
  constructor(program: string) {
    super(`the program "${program}" is missing: bash test/tools.sh installs it on Debian, or install it by hand`);
  }
}
