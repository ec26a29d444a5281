import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { startControl } from '../../control/control.ts';
import type { Control, ControlDeps } from '../../control/control.ts';
import type { ControlOptions, Scope } from '../../control/options.ts';
import { openJournal } from '../../gateway/journal/journal.ts';
import type { WriteJournal } from '../../gateway/journal/journal.ts';
import type { EnvironmentStatus, GatewayStatus, Proposal } from '../../gateway/status.ts';
import { ENVIRONMENTS } from '../../mode/mode.ts';
import type { EnvironmentName, Mode } from '../../mode/mode.ts';
import { ModeStore } from '../../mode/store.ts';
import { openState } from '../../state/open.ts';
import type { State } from '../../state/open.ts';
import { folder } from '../state/folder.ts';
import { holdToDescription } from './description.ts';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  readonly json: Record<string, unknown>;
}

export interface Call {
  readonly token?: string | null;
  readonly headers?: http.OutgoingHttpHeaders;
  /** Sent as JSON where it is no string. */
  readonly body?: unknown;
}

export interface Scene {
  readonly control: Control;
  readonly store: ModeStore;
  readonly gateway: PlayedGateway;
  readonly registry: Registry;
  readonly journal: WriteJournal;
  readonly db: State['db'];
  readonly stateDir: string;
  readonly log: { readonly level: string; readonly fields: object; readonly message: string }[];
  /** One call on a connection of its own; the answer is held against the API's description. */
  call(method: string, target: string, call?: Call): Promise<Answer>;
  end(): Promise<void>;
}

export interface Setting extends Partial<Omit<ControlDeps, 'options' | 'journal'>> {
  readonly options?: Partial<ControlOptions>;
  readonly initial?: Mode | null;
  readonly dwellMs?: number;
  readonly stateDir?: string;
}

/** So that a test does not wait for a hash; what it costs in truth has a test of its own. */
export const CHEAP = { N: 2 ** 10, r: 8, p: 1 };

export const TOKENS: Record<Exclude<Scope, 'admin'>, string> = {
  metrics: 'token-for-metrics',
  read: 'token-for-reading',
  patients: 'token-for-patients',
  switch: 'token-for-switching',
};

/** A running control API over a real state folder, on a port of its own. */
export async function scene(setting: Setting = {}): Promise<Scene> {
  const { initial = 'normal', dwellMs = 0, stateDir = folder(), options, ...deps } = setting;
  const state = openState(stateDir);
  const store = deps.store ?? new ModeStore(state, { initial, target: 'cloudEmergency' });
  const gateway = new PlayedGateway();
  const { journal } = await openJournal(join(stateDir, 'journal'));
  const registry = new Registry();
  const log: Scene['log'] = [];
  const note = (level: string) => (fields: object, message: string) => void log.push({ level, fields, message });
  const control = await startControl({
    options: {
      listen: { host: '127.0.0.1', port: 0 },
      tls: null,
      hosts: [],
      tokens: (['metrics', 'read', 'patients', 'switch'] as const).map((scope) => ({
        name: `${scope}-name`,
        token: TOKENS[scope],
        scopes: [scope],
      })),
      ...options,
    },
    switchOptions: {
      holdMs: 10_000,
      drainMs: 3000,
      settleMs: 4000,
      dwellMs,
      conversationsMs: 30_000,
      automatic: false,
    },
    store,
    gateway,
    journal,
    stateDir,
    registry,
    passwordCost: CHEAP,
    configured: ENVIRONMENTS,
    log: { info: note('info'), warn: note('warn'), error: note('error') },
    ...deps,
  });
  return {
    control,
    store,
    gateway,
    registry,
    journal,
    db: state.db,
    stateDir,
    log,
    call: (method, target, call = {}) => request(control, method, target, call),
    async end() {
      await control.close();
      await journal.close();
      state.close();
    },
  };
}

async function request(control: Control, method: string, target: string, call: Call): Promise<Answer> {
  const { token = control.token, headers = {}, body } = call;
  const outgoing = http.request(control.address.url + target, {
    method,
    agent: false,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
  });
  outgoing.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  const [incoming] = (await once(outgoing, 'response')) as [http.IncomingMessage];
  const text = (await incoming.toArray()).join('');
  const status = incoming.statusCode ?? 0;
  const path = target.replace(/\?.*/, '');
  holdToDescription(method, path, { status, type: incoming.headers['content-type'] ?? '', body: text });
  return {
    status,
    headers: incoming.headers,
    text,
    get json() {
      return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    },
  };
}

/** Bytes as they are, and what comes back until the other side closes. */
export async function raw(control: Control, ...parts: string[]): Promise<string> {
  const socket = net.connect(control.address.port, '127.0.0.1');
  for (const part of parts) socket.write(part);
  let text = '';
  for await (const chunk of socket.setEncoding('latin1')) text += String(chunk);
  return text;
}

/** A gateway's status, as a test says it is. */
export class PlayedGateway implements GatewayStatus {
  fencedBecause: string | null = null;
  proposal: Proposal | null = null;
  readonly statuses = new Map<EnvironmentName, EnvironmentStatus>(ENVIRONMENTS.map((name) => [name, up(name)]));
  readonly #listeners = new Set<(status: EnvironmentStatus) => void>();

  environments(): EnvironmentStatus[] {
    return [...this.statuses.values()];
  }

  partners() {
    const lastSeenAt = '2025-11-22T09:00:00.000Z';
    return [
      { name: 'emr', kind: 'api' as const, lastSeenAt, requests: 3, connections: 1 },
      { name: 'till', kind: 'terminal' as const, lastSeenAt: null, requests: 0, connections: 0 },
    ];
  }

  onEnvironment(listener: (status: EnvironmentStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  change(name: EnvironmentName, change: Partial<EnvironmentStatus>): void {
    const status = { ...(this.statuses.get(name) ?? up(name)), ...change };
    this.statuses.set(name, status);
    for (const listener of this.#listeners) listener(status);
  }
}

function up(name: EnvironmentName): EnvironmentStatus {
  return {
    name,
    kind: name === 'localEmergency' ? 'onprem' : 'cloud',
    health: 'up',
    cause: null,
    detail: null,
    since: '2025-11-22T09:00:00.000Z',
    lastAnswerAt: null,
    latencyMs: 12,
    announced: null,
    inFlight: 0,
  };
}
