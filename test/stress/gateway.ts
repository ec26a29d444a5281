import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Measured {
  /** Bytes after a forced collection. */
  readonly heap: number;
  readonly rss: number;
  /** TCP sockets that the process has open, of either side. */
  readonly sockets: number;
}

/** A gateway in a process of its own, before one environment; `measure` forces a collection first. */
export interface StressedGateway {
  readonly port: number;
  measure(): Promise<Measured>;
  stop(): Promise<void>;
}

export const AUTHORIZATION = `Basic ${Buffer.from('emr:emr-password').toString('base64')}`;

export async function startStressed(environmentPort: number): Promise<StressedGateway> {
  const dir = mkdtempSync(join(tmpdir(), 'hybrid-gateway-stress-'));
  const config = `
state: { dir: ${JSON.stringify(dir)}, initial: normal }
gateway: { listen: "127.0.0.1:0", limits: { connections: 2000 } }
control: { listen: "127.0.0.1:0" }
health: { every: 0 }
environments:
  operational: { kind: onprem, url: "http://127.0.0.1:${environmentPort}", user: ormaster, password: ormaster, concurrency: 1000 }
  localEmergency: { kind: onprem, url: "http://127.0.0.1:1", user: ormaster, password: ormaster }
partners: [ { name: emr, basic: { user: emr, password: emr-password }, limits: { connections: 2000 } } ]
`;
  const child = fork(join(import.meta.dirname, 'child.ts'), [config], { execArgv: ['--expose-gc'] });
  const { ready } = await told<{ ready: number }>(child);
  return {
    port: ready,
    measure() {
      const answer = told<Measured>(child);
      child.send('measure');
      return answer;
    },
    async stop() {
      const gone = once(child, 'exit');
      child.send('stop');
      await gone;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function told<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, 'message')) as [T];
  return message;
}
