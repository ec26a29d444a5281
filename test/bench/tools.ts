import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What the benchmark runs, by the Debian package that has it. */
export const TOOLS = { wrk: 'wrk', nginx: 'nginx-light', haproxy: 'haproxy', curl: 'curl', taskset: 'util-linux' };
export type Tool = keyof typeof TOOLS;

/** Where the tool is; null where the machine has none. Debian's servers are not in every user's PATH. */
export function find(tool: Tool): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, tool)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
