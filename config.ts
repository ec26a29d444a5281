import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { disagreements } from './config/agreement.ts';
import { surroundings } from './config/disk.ts';
import { readSettings } from './config/document.ts';
import type { Problem } from './config/document.ts';
import { ConfigError, readConfigFile } from './config/file.ts';
import { located, problem, unknownOption } from './config/problems.ts';
import { withoutEffect } from './config/unbuilt.ts';
import { controlOptions } from './control/options.ts';
import type { ControlOptions } from './control/options.ts';
import { switchOptions } from './control/switch/options.ts';
import type { SwitchOptions } from './control/switch/options.ts';
import { gatewayOptions, healthOptions, partnersOptions, recoveryOptions } from './gateway/options.ts';
import type { GatewayOptions, HealthOptions, PartnerOptions, RecoveryOptions } from './gateway/options.ts';
import type { EmergencyName } from './mode/mode.ts';
import { emergencyOption, stateOptions } from './mode/options.ts';
import type { StateOptions } from './mode/options.ts';
import { environmentsOptions } from './orca/options.ts';
import type { EnvironmentsOptions } from './orca/options.ts';
import { syncOptions } from './sync/options.ts';
import type { SyncOptions } from './sync/options.ts';
import { chosen, flag, oneOf, path, section } from './units.ts';
import type { Surroundings } from './units.ts';

export { ConfigError };

// file ──▶ YAML with positions ──▶ each room reads its section ──▶ the sections agree ──▶ Config

export interface Config {
  readonly state: StateOptions;
  readonly emergency: EmergencyName;
  readonly gateway: GatewayOptions;
  readonly health: HealthOptions;
  readonly control: ControlOptions;
  readonly switch: SwitchOptions;
  readonly environments: EnvironmentsOptions;
  readonly partners: readonly PartnerOptions[];
  readonly recovery: RecoveryOptions;
  readonly sync: SyncOptions;
  readonly log: LogOptions;
  /** Dotted names of the options that the file sets and nothing acts on yet. */
  readonly withoutEffect: readonly string[];
}

export interface LogOptions {
  readonly level: (typeof LEVELS)[number];
  /** `auto`: pretty on a terminal, else json. */
  readonly format: 'auto' | 'json' | 'pretty';
  /** A line per request: to the log, or to a file (absolute path). */
  readonly access: boolean | { readonly file: string };
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
const SECTIONS: readonly (keyof Config)[] = [
  'state',
  'gateway',
  'control',
  'health',
  'switch',
  'environments',
  'emergency',
  'partners',
  'recovery',
  'sync',
  'log',
];

/** Reads the configuration file. Throws ConfigError, also when there is no such file. */
export async function loadConfig(file: string, env: Surroundings['env'] = process.env): Promise<Config> {
  return parseConfig(await readConfigFile(file), { directory: dirname(resolve(file)), env, file });
}

/**
 * Reads a configuration from its text. Paths are relative to `directory`; `file` is the name that messages use.
 * Looks at the disk for the files that the text names. Throws ConfigError and nothing else.
 */
export function parseConfig(
  text: string,
  { directory, env, file = 'configuration' }: { directory: string; env: Surroundings['env']; file?: string },
): Config {
  const settings = readSettings(text);
  const problems: Problem[] = [...settings.problems];
  const given = z.record(z.string(), z.unknown()).safeParse(settings.value ?? {});
  if (settings.value === undefined && problems.length > 0) throw new ConfigError(file, problems);
  if (!given.success) {
    const message = `expected a mapping of ${SECTIONS.join(', ')}, got something else`;
    throw new ConfigError(file, [...problems, located({ path: [], message }, settings)]);
  }

  const around = surroundings(directory, env);
  const read = <T>(name: keyof Config, schema: z.ZodType<T>, absent?: unknown): T | undefined => {
    const result = schema.safeParse(given.data[name] ?? absent);
    if (result.success) return result.data;
    problems.push(...result.error.issues.map((issue) => problem(issue, [name], settings)));
    return undefined;
  };

  for (const name of Object.keys(given.data)) {
    if (!SECTIONS.some((known) => known === name)) problems.push(unknownOption([name], SECTIONS, settings));
  }
  const state = read('state', stateOptions(around), {});
  const gateway = read('gateway', gatewayOptions(around), {});
  const control = read('control', controlOptions(around), {});
  const health = read('health', healthOptions(), {});
  const switching = read('switch', switchOptions(), {});
  const environments = read('environments', environmentsOptions(around));
  const usual = environments && !environments.cloudEmergency ? 'local' : 'cloud';
  const emergency = read('emergency', emergencyOption(), usual);
  const partners = read('partners', partnersOptions(around), []);
  const recovery = read('recovery', recoveryOptions(), {});
  const sync = read('sync', syncOptions(around), {});
  const log = read('log', logOptions(around), {});

  const findings = disagreements({ gateway, control, environments, partners, emergency });
  problems.push(...findings.map((finding) => located(finding, settings)));
  const isWhole = state && gateway && control && health && switching && environments && emergency && partners;
  if (problems.length > 0 || !isWhole || !recovery || !sync || !log) throw new ConfigError(file, problems);
  return {
    state,
    emergency,
    gateway,
    health,
    control,
    switch: switching,
    environments,
    partners,
    recovery,
    sync,
    log,
    withoutEffect: withoutEffect(given.data),
  };
}

function logOptions(around: Surroundings): z.ZodType<LogOptions> {
  const toFile = section({ file: path(around, 'the access log') });
  return section({
    level: oneOf(LEVELS).default('info'),
    format: oneOf(['auto', 'json', 'pretty']).default('auto'),
    access: chosen<LogOptions['access']>((value) => (typeof value === 'object' ? toFile : flag())).default(false),
  });
}
