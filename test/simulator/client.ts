import { appendFileSync } from 'node:fs';
import { connect } from 'node:net';
import { parseJson, parseXml2, type OrcaMessage, type OrcaRecord } from '../../orca/xml2.ts';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import type { SimulatorOptions } from '../../simulator/options.ts';

export const CREDENTIALS = `Basic ${Buffer.from('ormaster:ormaster').toString('base64')}`;

/** Monday morning in Tokyo. */
export const MORNING = new Date('2026-04-13T09:30:00+09:00');

const running: Simulator[] = [];

/** Starts a simulator that stopAll() ends. */
export async function simulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const started = await startSimulator({ now: () => MORNING, ...options });
  running.push(started);
  return started;
}

export async function stopAll(): Promise<void> {
  const stopped = running.splice(0);
  for (const { arrivals } of stopped) {
    for (const { target, apiResult } of arrivals.list()) if (apiResult !== null) note(target, apiResult);
  }
  await Promise.all(stopped.map((each) => each.close()));
}

/** Which codes a call was seen to answer, where somebody wants to know (codes.test.ts). */
function note(target: string, code: string): void {
  const file = process.env['SIMULATOR_RESULTS'];
  if (file !== undefined) appendFileSync(file, `${target.split('?', 1)[0]?.replace(/^\/api/, '')}\t${code}\n`);
}

const CODES = new Set([
  'Disease_Result',
  'Delete_Select',
  'Disease_Warning',
  'Medical_Result',
  'Medical_Select',
  'Medical_Warning',
]);

function noteInner(target: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner !== 'string') noteInner(target, inner);
    else if (CODES.has(name)) note(target, inner);
  }
}

/** Sends text over a socket of its own and gives everything that comes back until the other side ends or `until` matches. */
export async function raw(port: number, text: string, until?: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const pieces: Buffer[] = [];
    const soFar = (): string => Buffer.concat(pieces).toString('utf8');
    socket.on('connect', () => socket.write(text));
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece);
      if (until?.test(soFar())) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(soFar()));
  });
}

/** A request head with the operator's credentials. */
export function head(method: string, target: string, ...more: readonly string[]): string {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: orca',
    `Authorization: ${CREDENTIALS}`,
    'Connection: close',
    ...more,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly message: OrcaMessage;
  readonly record: OrcaRecord;
  readonly text: string;
}

async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  const message = isJson ? parseJson(text) : parseXml2(text);
  noteInner(new URL(response.url).pathname, message.record);
  return { status: response.status, headers: response.headers, message, record: message.record, text };
}

/** GET below /api. */
export async function get(to: Simulator, path: string): Promise<Answered> {
  return answered(await fetch(`${to.url}/api${path}`, { headers: { authorization: CREDENTIALS } }));
}

/** POST of a JSON request below /api; the answer is JSON. */
export async function post(to: Simulator, path: string, root: string, record: object): Promise<Answered> {
  const url = new URL(`${to.url}/api${path}`);
  url.searchParams.set('format', 'json');
  const body = JSON.stringify({ [root]: record });
  return answered(await fetch(url, { method: 'POST', headers: { authorization: CREDENTIALS }, body }));
}

/** POST of an XML2 request below /api. */
export async function postXml(to: Simulator, path: string, body: string): Promise<Answered> {
  const headers = { authorization: CREDENTIALS, 'content-type': 'application/xml' };
  return answered(await fetch(`${to.url}/api${path}`, { method: 'POST', headers, body }));
}

/** The text at the end of a path of names; numbers are places in arrays. Empty where there is nothing. */
export function at(record: OrcaRecord, ...path: readonly (string | number)[]): string {
  let value: unknown = record;
  for (const name of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof value === 'string' ? value : '';
}

/** How many items an array has. */
export function count(record: OrcaRecord, ...path: readonly string[]): number {
  let value: unknown = record;
  for (const name of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return Array.isArray(value) ? value.length : 0;
}
