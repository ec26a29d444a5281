import { readFileSync, writeFileSync } from 'node:fs';

// What Linux tells of processes and cores; elsewhere there is no benchmark.

// sysconf(_SC_CLK_TCK): 100 on every Linux that Node runs on.
const TICKS_PER_SECOND = 100;

/** User and system time that the process and all its threads have used, in seconds. */
export function cpuSeconds(pid: number): number {
  const [user, system] = times(pid);
  return user + system;
}

/** The same of this process and of all its children that have ended, in seconds. */
export function familyCpuSeconds(): number {
  return times(process.pid).reduce((sum, time) => sum + time, 0);
}

// proc(5): 14 utime, 15 stime, 16 cutime, 17 cstime.
function times(pid: number): [number, number, number, number] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name in parentheses may hold anything; the fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields
    .slice(11, 15)
    .map((ticks) => Number(ticks) / TICKS_PER_SECOND);
  return [user, system, childUser, childSystem];
}

/** The most memory that the process held since `forgetPeak`, in MiB. */
export function peakMiB(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}

/** Lets the peak begin anew at what the process holds now (proc(5), clear_refs). */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** How long each core was busy since the start of the machine, stolen time included, in seconds. */
export function coresBusySeconds(): number[] {
  const lines = readFileSync('/proc/stat', 'latin1').matchAll(/^cpu\d+ (.*)$/gm);
  return [...lines].map(([, numbers = '']) => {
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = numbers.split(' ').map(Number);
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
  });
}
