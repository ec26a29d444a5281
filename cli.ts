import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { z } from 'zod';
import { findAccess } from './cli/access.ts';
import { ControlApi } from './cli/api.ts';
import { parseCommand } from './cli/arguments.ts';
import type { Command } from './cli/arguments.ts';
import { showAudit, verifyAudit } from './cli/audit.ts';
import { check, configProblems } from './cli/check.ts';
import { CommandFailed, EXIT } from './cli/exit.ts';
import { HELP } from './cli/help.ts';
import { showHistory, showMode } from './cli/mode.ts';
import { operators } from './cli/operators.ts';
import type { AccessOptions } from './cli/options.ts';
import { outcomes } from './cli/outcomes.ts';
import type { Output } from './cli/output.ts';
import { askSecret } from './cli/secret.ts';
import { confirmMode, switchMode } from './cli/switch.ts';
import { watch } from './cli/watch.ts';
import { ConfigError } from './config.ts';

// command line ──▶ Command ──▶ what it does (run: main.ts; check: config.ts; the others: control API) ──▶ exit code

/** Runs one command line; `root` is the folder with package.json. Leaves its exit code in `process.exitCode`. */
export async function main(argv: readonly string[], root: string): Promise<void> {
  // `hybrid-gateway watch | head -1`: nobody reads on, and nothing is wrong.
  process.stdout.on('error', endQuietly);
  process.stderr.on('error', endQuietly);
  const out = terminal();
  try {
    await perform(parseCommand(argv), out, root);
  } catch (error) {
    const failure = failureOf(error);
    if (argv.includes('--json') && failure.answer !== undefined) out.line(JSON.stringify(failure.answer));
    out.note(failure.message);
    process.exitCode = failure.exit;
  }
}

async function perform(command: Command, out: Output, root: string): Promise<void> {
  switch (command.command) {
    case 'help':
      return out.line(HELP.trimEnd());
    case 'version':
      return out.line(version(root));
    case 'run': {
      const { run } = await import('./main.ts');
      return run({ config: command.config });
    }
    case 'check':
      return check(command.file, out, command.json);
    case 'mode':
      return withApi(command.access, (api) => showMode(api, out, command.json));
    case 'switch':
      return withApi(command.access, (api) => switchMode(command, api, out));
    case 'confirm':
      return withApi(command.access, (api) => confirmMode(command, api, out));
    case 'history':
      return withApi(command.access, (api) => showHistory(api, out, command.json, command.limit));
    case 'audit':
      return withApi(command.access, (api) => showAudit(command, api, out));
    case 'audit verify':
      return verifyAudit(command, out);
    case 'outcomes':
    case 'outcomes tick':
      return withApi(command.access, (api) => outcomes(command, api, out));
    case 'operators list':
    case 'operators add':
    case 'operators remove':
    case 'operators password':
      return withApi(command.access, (api) => operators(command, api, out, askSecret));
    case 'watch':
      return withApi(command.access, (api) => watch(api, out, command.json));
  }
}

async function withApi(options: AccessOptions, work: (api: ControlApi) => Promise<void>): Promise<void> {
  await work(new ControlApi(await findAccess(options, process.env)));
}

function terminal(): Output {
  const { stdin, stdout, stderr } = process;
  return {
    line: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    styled: (style, text) => styleText(style, text, { stream: stdout }),
    ask: stdin.isTTY && stdout.isTTY ? ask : null,
  };
}

async function ask(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // The end of the input closes it without an answer; Ctrl+C and Ctrl+D break the question off.
  const closed = once(lines, 'close').then(() => '');
  try {
    return /^\s*(y|yes|はい)\s*$/i.test(await Promise.race([lines.question(question), closed]));
  } catch (error) {
    if (!isBrokenOff(error)) throw error;
    process.stderr.write('\n');
    return false;
  } finally {
    lines.close();
  }
}

function isBrokenOff(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ABORT_ERR';
}

function failureOf(error: unknown): CommandFailed {
  if (error instanceof CommandFailed) return error;
  if (error instanceof ConfigError) return configProblems(error);
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  const hint = 'HYBRID_GATEWAY_DEBUG=1 で詳細を表示します。 / With HYBRID_GATEWAY_DEBUG=1 it tells more.';
  const detail = process.env['HYBRID_GATEWAY_DEBUG'] && error instanceof Error ? error.stack : hint;
  return new CommandFailed(EXIT.unexpected, `${message}${code}\n${detail}`, { cause: error });
}

function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode);
}

function version(root: string): string {
  const described: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return z.object({ version: z.string() }).parse(described).version;
}
