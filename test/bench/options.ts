import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Care } from './measure.ts';

export const USAGE = `usage: npm run bench -- [--rounds N] [--seconds N] [--patience N] [--repeats N] [--quick]
                        [--loads a,b] [--rows a,b] [--copy FOLDER]… [--json FILE] [--profile FOLDER]

  --rounds N        rounds per load, in turn over all rows (5)
  --seconds N       how long each round loads each row (4)
  --patience N      how many seconds to wait, before each sample, for both cores to be idle (10)
  --repeats N       how often a sample that other processes disturbed is taken again (2; 0: never)
  --quick           one short round each, cold: does it all work? (about a minute)
  --loads a,b       only the loads whose names begin so: get, get-32, post, download, upload, websocket, …
  --rows a,b        only these, and http-proxy-3: direct, nginx, haproxy, gateway, the name of a copy
  --copy FOLDER     another copy of the gateway as one more row (its node_modules too), to compare versions in one run
  --json FILE       every sample and the medians
  --profile FOLDER  what runs in Node writes a CPU profile per load there: node test/bench/profile.ts FILE reads it`;

export interface BenchOptions extends Care {
  readonly rounds: number;
  /** How long each row is loaded before anything is measured: code is compiled when it has been used for a while. */
  readonly warmUpSeconds: number;
  readonly loads: readonly string[] | null;
  readonly rows: readonly string[] | null;
  readonly copies: readonly { readonly name: string; readonly folder: string }[];
  readonly json: string | null;
  readonly profile: string | null;
}

/** Reads the command line. @throws TypeError with what is wrong; null: help was asked for */
export function benchOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      patience: { type: 'string' },
      repeats: { type: 'string' },
      quick: { type: 'boolean', default: false },
      loads: { type: 'string' },
      rows: { type: 'string' },
      copy: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const [rounds, seconds, warmUpSeconds, patience, repeats] = values.quick ? [1, 1, 0, 0, 0] : [5, 4, 3, 10, 2];
  return {
    rounds: positive('--rounds', values.rounds) ?? rounds,
    seconds: positive('--seconds', values.seconds) ?? seconds,
    warmUpSeconds,
    patienceSeconds: count('--patience', values.patience) ?? patience,
    repeats: count('--repeats', values.repeats) ?? repeats,
    loads: values.loads?.split(',') ?? null,
    rows: values.rows?.split(',') ?? null,
    copies: values.copy.map((folder) => ({ name: basename(resolve(folder)), folder: resolve(folder) })),
    json: values.json ?? null,
    profile: values.profile === undefined ? null : resolve(values.profile),
  };
}

function positive(name: string, value: string | undefined): number | null {
  const number = count(name, value);
  if (number === 0) throw new TypeError(`${name}: expected a whole number from 1, got "0"`);
  return number;
}

function count(name: string, value: string | undefined): number | null {
  if (value === undefined) return null;
  if (!/^\d{1,4}$/.test(value)) throw new TypeError(`${name}: expected a whole number, got "${value}"`);
  return Number(value);
}
