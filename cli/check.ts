import { ConfigError, loadConfig } from '../config.ts';
import type { Config } from '../config.ts';
import { CommandFailed, EXIT } from './exit.ts';
import type { Output } from './output.ts';

/** `check`: reads a configuration as `run` would, and starts nothing. */
export async function check(file: string, out: Output, json: boolean): Promise<void> {
  const config = await read(file);
  const { withoutEffect } = config;
  if (json) return out.line(JSON.stringify({ problems: [], withoutEffect }));
  out.line(out.styled('green', `${file}: 問題ありません。 / This configuration is sound.`));
  const environments = Object.entries(config.environments).filter(([, options]) => options !== null);
  out.line(`  environments: ${environments.map(([name]) => name).join(', ')}`);
  out.line(`  partners: ${config.partners.map(({ name }) => name).join(', ') || 'なし / none'}`);
  if (withoutEffect.length > 0) out.line(`  まだ効果がない設定 / without effect yet: ${withoutEffect.join(', ')}`);
}

/** What is wrong with a configuration, in the words of the command line. */
export function configProblems(error: ConfigError): CommandFailed {
  const count = error.problems.length;
  const close = `設定ファイルを直してください (${count} 件)。 / Correct ${count === 1 ? 'this' : `these ${count}`} and check again: hybrid-gateway check ${error.file}`;
  const answer = { problems: error.problems };
  return new CommandFailed(EXIT.config, `${error.message}\n${close}`, { answer, cause: error });
}

async function read(file: string): Promise<Config> {
  try {
    return await loadConfig(file);
  } catch (error) {
    throw error instanceof ConfigError ? configProblems(error) : error;
  }
}
