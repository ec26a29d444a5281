import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import type { Kill } from './kill.ts';
import type { Place } from './operator.ts';
import type { Stand } from './stand.ts';
import { Tracer } from './tracer.ts';

/** What the system saw of one switch. */
export interface Durability {
  readonly status: number | null;
  /** Writes to the files of the mode before the answer, and how many of them no sync followed before it. */
  readonly written: number;
  readonly unsynced: number;
  readonly syncs: number;
}

const WATCHED = ['-yy', '-s', '24', '-e', 'trace=pwrite64,write,writev,sendto,sendmsg,fdatasync,fsync'];

/** Watches one switch from outside: what is on the disk when the first byte of its answer is given to the socket. */
export async function watchedSwitch(stand: Stand, to: Place): Promise<Durability> {
  const { epoch } = await stand.state();
  const tracer = await Tracer.attach(stand.gateway.pid ?? 0, join(stand.dir, 'strace'), WATCHED);
  const { status } = await stand.operator.switchTo(to, epoch);
  const lines = await tracer.lines();
  const toControl = new RegExp(
    `^\\d+ +(?:write|writev|sendto|sendmsg)\\(\\d+<TCP[^>]*:${stand.gateway.place.controlPort}->`,
  );
  const answer = lines.findIndex((line) => toControl.test(line) && line.includes('HTTP/1.1 200'));
  if (answer < 0) throw new Error(`no answer was seen:\n${lines.slice(-20).join('\n')}`);
  const before = lines.slice(0, answer).filter((line) => line.includes(`${stand.gateway.place.stateDir}/state.db`));
  const lastSync = before.findLastIndex(isSync);
  return {
    status,
    written: before.filter(isWrite).length,
    unsynced: before.slice(lastSync + 1).filter(isWrite).length,
    syncs: before.filter(isSync).length,
  };
}

/** Kills the gateway at the nth of these system calls on a database's write-ahead log: in the middle of a commit. */
export function atCall(file: 'state.db' | 'audit.db', call: 'pwrite64' | 'fsync', nth: number): Kill {
  return async (stand) => {
    const { place, pid = 0 } = stand.gateway;
    const inject = ['-P', join(place.stateDir, `${file}-wal`), '-e', `trace=${call}`];
    const tracer = await Tracer.attach(pid, join(stand.dir, 'strace'), [
      ...inject,
      '-e',
      `inject=${call}:signal=KILL:when=${nth}`,
    ]);
    return async () => {
      for (let i = 0; i < 150 && stand.gateway.death === null; i += 1) await wait(20);
      await tracer.lines();
      if (stand.gateway.death === null) throw new Error(`there was no ${call} number ${nth} on ${file} in this switch`);
    };
  };
}

function isSync(line: string): boolean {
  return /^\d+ +f(?:data)?sync\(/.test(line);
}

function isWrite(line: string): boolean {
  return /^\d+ +(?:pwrite64|write|writev)\(/.test(line);
}
