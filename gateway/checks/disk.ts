import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freeBytes, hasBallast } from '../../state/ballast.ts';
import { ok, warn } from './check.ts';
import type { Finding, GatewayCheck } from './check.ts';

const MIB = 1024 * 1024;
const LITTLE = 100 * MIB;
const LEAST = 5 * MIB;
/** More than a switch writes: mode, audit, and the growth of their logs. */
const PROBE_BYTES = 128 * 1024;

const FREE = '不要なファイルを削除して、state.dir のディスクの空きを増やしてください。';

/** How full the disk of the state is. */
export function diskCheck(dir: string): GatewayCheck {
  return { name: 'disk', isOverridable: true, run: ({ kind }) => diskFinding(freeBytes(dir), hasBallast(dir), kind) };
}

/** By the room that is left. The ballast is enough for a switch; without it and without room, nobody should try. */
export function diskFinding(free: number, hasReserve: boolean, kind: 'switch' | 'confirm'): Finding {
  const mib = Math.floor(free / MIB);
  if (free >= LITTLE) return ok(`ディスクの空きは ${mib} MiB です。`, `${mib} MiB are free where the state is.`);
  const ja = `ディスクの空きが少なくなっています (${mib} MiB)。`;
  const en = `Only ${mib} MiB are free where the state is.`;
  if (free >= LEAST) return warn(ja, en, FREE);
  if (hasReserve || kind === 'confirm')
    return warn(`${ja}予備の領域を使って切り替えます。`, `${en} The reserve will be used.`, FREE);
  return { state: 'block', ja: `${ja}予備の領域もありません。`, en: `${en} The reserve is gone.`, remedy: FREE };
}

/** Whether the state can be written, by writing. Never overridable: the switch would not be there after a restart. */
export function writableCheck(dir: string): GatewayCheck {
  return {
    name: 'state-writable',
    isOverridable: false,
    async run() {
      try {
        await tryWriting(join(dir, 'write-test'));
        return ok('状態を記録できます。', 'The state can be written.');
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        const isFull = error instanceof Error && 'code' in error && /^(?:ENOSPC|EDQUOT)$/.test(String(error.code));
        if (isFull && hasBallast(dir))
          return warn(
            'ディスクがいっぱいです。予備の領域を使います。',
            'The disk is full; the reserve will be used.',
            FREE,
          );
        return {
          state: 'block',
          ja: `状態を記録できません (${why})。`,
          en: `The state cannot be written: ${why}.`,
          remedy: 'state.dir のディスクの空き容量と書き込み権限を確認してください。',
        };
      }
    },
  };
}

async function tryWriting(file: string): Promise<void> {
  try {
    const handle = await open(file, 'w', 0o600);
    try {
      await handle.writeFile(Buffer.alloc(PROBE_BYTES, 1));
      await handle.datasync();
    } finally {
      await handle.close();
    }
  } finally {
    await rm(file, { force: true });
  }
}
