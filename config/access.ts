import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { stateOptions } from '../mode/options.ts';
import { address, orNull, path, section } from '../units.ts';
import type { Address } from '../units.ts';
import { surroundings } from './disk.ts';
import { readSettings } from './document.ts';
import { ConfigError, readConfigFile } from './file.ts';
import { problem } from './problems.ts';

/** What somebody on the same machine needs to call the control API. */
export interface ControlAccess {
  readonly listen: Address;
  /** Path of its PEM certificate; null: it speaks http. */
  readonly certificate: string | null;
  readonly stateDir: string;
}

/**
 * Reads from a configuration file only where the control API is. The service's secrets, which an operator's shell does
 * not have, are left alone, and so is everything else that could be wrong with the file. Throws ConfigError.
 */
export async function loadControlAccess(file: string): Promise<ControlAccess> {
  const settings = readSettings(await readConfigFile(file));
  const around = surroundings(dirname(resolve(file)), {});
  const schema = section({
    state: stateOptions(around).prefault({}),
    control: section({
      listen: address().default({ host: '127.0.0.1', port: 8800 }),
      tls: orNull(section({ certificate: path(around, 'a PEM certificate'), key: z.unknown() })),
    }),
  });
  const { state, control } = mapping(settings.value);
  const { listen, tls } = mapping(control);
  const result = schema.safeParse({ state: state ?? null, control: { listen: listen ?? null, tls: tls ?? null } });
  if (settings.problems.length > 0) throw new ConfigError(file, settings.problems);
  if (!result.success) {
    throw new ConfigError(
      file,
      result.error.issues.map((issue) => problem(issue, [], settings)),
    );
  }
  return {
    listen: result.data.control.listen,
    certificate: result.data.control.tls?.certificate ?? null,
    stateDir: result.data.state.dir,
  };
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).safeParse(value).data ?? {};
}
