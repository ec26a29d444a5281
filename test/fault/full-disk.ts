import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { breaches } from './accounts.ts';
import { write, type Write } from './crowd.ts';
import { readJournalAtRest } from './journal.ts';
import { routed, type Switching } from './operator.ts';
import { onStand, type Stand } from './stand.ts';
import { nextPlaces, START } from './walk.ts';

const PAGE = 4096;

/** A disk of its own that is soon full. */
export class SmallDisk {
  readonly folder: string;
  readonly #filler: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#filler = join(folder, 'filler');
  }

  /** @returns null where this user may not mount anything */
  static mount(mebibytes: number): SmallDisk | null {
    const folder = mkdtempSync(join(tmpdir(), 'fault-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'none', folder], { stdio: 'ignore' });
      return new SmallDisk(folder);
    } catch {
      rmSync(folder, { recursive: true, force: true });
      return null;
    }
  }

  /** Takes everything but so many pages. */
  fill(leftPages: number): void {
    const file = openSync(this.#filler, 'w');
    let size = 0;
    try {
      for (;;) size += writeSync(file, Buffer.alloc(PAGE, 'x'));
    } catch {
      ftruncateSync(file, Math.max(0, Math.floor(size / PAGE) - leftPages) * PAGE);
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#filler, { force: true });
  }

  unmount(): void {
    execFileSync('umount', [this.folder], { stdio: 'ignore' });
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface FullDiskReport {
  readonly breaches: readonly string[];
  /** Switches on the full disk that failed, and that succeeded nevertheless. */
  readonly failed: number;
  readonly succeeded: number;
  readonly hadBallast: boolean;
}

/** Switches on a disk that is full but for so many pages, each tried again once there is room. */
export async function onFullDisk(mebibytes: number, leftPages: readonly number[]): Promise<FullDiskReport | null> {
  const disk = SmallDisk.mount(mebibytes);
  if (disk === null) return null;
  try {
    return await onStand({ stateDir: join(disk.folder, 'state') }, (stand) => tryAll(stand, disk, leftPages));
  } finally {
    disk.unmount();
  }
}

async function tryAll(stand: Stand, disk: SmallDisk, leftPages: readonly number[]): Promise<FullDiskReport> {
  const { stateDir } = stand.gateway.place;
  const hadBallast = existsSync(join(stateDir, 'ballast'));
  const found: string[] = [];
  const writes: Write[] = [];
  const counts = { failed: 0, succeeded: 0 };
  const partner = stand.partner();
  for (const [i, left] of leftPages.entries()) {
    const say = (what: string): void => void found.push(`${left} pages left: ${what}`);
    const before = await stand.state();
    // The first write to an emergency environment has to be noted on the disk: that is not what is looked at here.
    writes.push(await write(partner, `before-${i}`));
    disk.fill(left);
    const [to = START] = nextPlaces(before);
    const first = await stand.operator.switchTo(to);
    const state = await stand.state();
    if (first.status === 200) counts.succeeded += 1;
    else counts.failed += 1;
    if (first.status !== 200 && !isCleanFailure(first)) say(`the switch: ${first.status} ${first.text}`);
    const expected = first.status === 200 ? to : before;
    if (state.mode !== expected.mode) say(`${first.status}, and the mode is ${state.mode}`);
    if ((await stand.operator.history())[0]?.epoch !== state.epoch) say('the history is not of this epoch');
    const read = await partner.ask({ path: '/api/api01rv2/patientgetv2?id=1' });
    if (read.environment !== routed(expected)) say(`reads: ${read.status} of ${read.environment}`);
    const during = await write(partner, `during-${i}`);
    writes.push(during);
    // Where it was noted already that this environment took writes, they go on.
    const mayRefuse = first.status === 200 && expected.mode !== 'normal';
    if (during.status !== 200 && !(mayRefuse && during.code === 'state-unwritable'))
      say(`writes: ${during.status} ${during.code}`);
    disk.free();
    if (first.status !== 200) {
      const second = await stand.operator.switchTo(to);
      if (second.status !== 200) say(`with room again: ${second.status} ${second.text}`);
    }
    writes.push(await write(partner, `after-${i}`));
    if (writes.at(-1)?.status !== 200) say(`writes with room again: ${writes.at(-1)?.status} ${writes.at(-1)?.code}`);
  }
  const journal = await readJournalAtRest(stateDir);
  const run = { seen: { writes, reads: [] }, arrived: stand.arrived(), journal, start: START, switchings: null };
  const ended = new Set(journal.filter((one) => one.ended === 'end').map(({ digest }) => digest));
  for (const one of writes)
    if (one.status === 200 && !ended.has(one.digest)) found.push(`${one.id} is not in the journal to its end`);
  return { breaches: [...found, ...breaches(run)], ...counts, hadBallast };
}

/** Nothing was done, and the answer says so: seen beforehand, or at the commit. */
function isCleanFailure({ status, text }: Switching): boolean {
  const { code, blocked = [] } = JSON.parse(text);
  if (status === 412) return blocked.some((check: { name: string }) => check.name === 'state-writable');
  return status === 503 && code === 'SWITCH_FAILED';
}
