import { readdir, readFile, readlink } from 'node:fs/promises';

/** The process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

const LISTENING = '0A';

/** The socket inodes that listen on `port`, out of the text of /proc/net/tcp. */
export function listeningInodes(table: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hex}`) === true && fields[3] === LISTENING)
    .flatMap((fields) => fields[9] ?? []);
}

/** Who listens on `port`; null where the system does not tell (not Linux, another user's process). */
export async function portHolder(port: number): Promise<PortHolder | null> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(textOf));
  const sockets = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return null;
  for (const pid of (await entriesOf('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await entriesOf(`/proc/${pid}/fd`)) {
      const link = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
      if (!sockets.has(link)) continue;
      const command = (await textOf(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim();
      return { pid: Number(pid), command: command.slice(0, 200) };
    }
  }
  return null;
}

// Processes come and go while this reads, and others' cannot be read: both are no answer, not a failure.
async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

async function entriesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
