#!/usr/bin/env node
// Understood by old Nodes too: it finds a Node that can run the rest.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const argv = process.argv.slice(2);
const built = join(root, 'dist', 'cli.js');
const needed = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node;

if (isNewEnough()) {
  const { main } = await import(pathToFileURL(existsSync(built) ? built : join(root, 'cli.ts')).href);
  await main(argv, root);
} else {
  const node = otherNode();
  if (node) runWith(node);
  else explain();
}

function isNewEnough() {
  const [major, minor] = versionOf(needed);
  const [ownMajor, ownMinor] = versionOf(process.versions.node);
  const isInRange = ownMajor > major || (ownMajor === major && ownMinor >= minor);
  // Some releases in the range run TypeScript only when they are asked to.
  return isInRange && (existsSync(built) || Boolean(process.features.typescript));
}

function versionOf(text) {
  return (/(\d+)\.(\d+)/.exec(text) || [0, 0, 0]).slice(1).map(Number);
}

/** The Node that was installed along with this package, if it is another than the running one. */
function otherNode() {
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const own = realpathSync(process.execPath);
  for (let dir = root; ; dir = dirname(dir)) {
    const places = [join('.bin', file), join(platform, 'bin', file)].map((place) => join(dir, 'node_modules', place));
    const found = places.find((place) => existsSync(place) && realpathSync(place) !== own);
    if (found || dir === dirname(dir)) return found;
  }
}

function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...argv], { stdio: 'inherit' });
  // The terminal sends its SIGINT to both; a second one would make the child hurry.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', explain);
  child.on('exit', (code, signal) => {
    if (signal) process.removeAllListeners(signal);
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code;
  });
}

function explain() {
  const lines = [
    `Node.js ${needed} が必要です (現在 ${process.versions.node})。パッケージのフォルダーで npm ci を実行するか、新しい Node.js をインストールしてください。`,
    `Node.js ${needed} is needed, this is ${process.versions.node}. Run "npm ci" in ${root}, which brings one, or install it.`,
  ];
  console.error(lines.join('\n'));
  process.exitCode = 1;
}
