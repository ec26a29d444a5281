import { ok } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, parseConfig } from '../../config.ts';
import type { Config } from '../../config.ts';

/** What the shipped example refers to. */
export const EXAMPLE_ENV = {
  ORCA_OPERATIONAL_PASSWORD: 'one',
  ORCA_CLOUD_EMERGENCY_PASSWORD: 'two',
  ORCA_PASSPHRASE: 'three',
  PARTNER_EMR_PASSWORD: 'four',
  PARTNER_ONSHI_TOKEN: 'five',
  ONSHI_CLOUD_PASSWORD: 'six',
  METRICS_TOKEN: 'a-token-for-prometheus',
};
const EXAMPLE_FILES = [
  'secrets/local-emergency-password',
  'secrets/backup-key',
  'tls/gateway.pem',
  'tls/gateway.key',
  'tls/partners-ca.pem',
  'tls/control.pem',
  'tls/control.key',
  'certificates/clinic.p12',
  'certificates/orca-ca.pem',
];

/** A configuration with what there must be. Its passwords are all `hushhush`. */
export const SOUND = `environments:
  operational: { kind: onprem, url: "http://192.0.2.1:8000", user: ormaster, password: hushhush }
  cloudEmergency: { kind: cloud, url: "http://192.0.2.2:8000" }
partners:
  - { name: emr, basic: { user: emr, password: hushhush } }
`;

/** A folder with the files that the shipped example names, for the time of one test file. */
export function configured() {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'hybrid-config-'));
    for (const folder of ['secrets', 'tls', 'certificates']) mkdirSync(join(directory, folder));
    for (const file of EXAMPLE_FILES) writeFileSync(join(directory, file), 'a line\n');
  });
  after(() => rmSync(directory, { recursive: true }));

  const parse = (text: string, env: Record<string, string> = {}): Config =>
    parseConfig(text, { directory, env, file: 'h.yaml' });
  return {
    get directory(): string {
      return directory;
    },
    parse,
    /** The problems of a text, one line each: `line:column path: message`. */
    problems(text: string): readonly string[] {
      try {
        parse(text);
        return [];
      } catch (error) {
        ok(error instanceof ConfigError, String(error));
        return error.problems.map(({ path, line, column, message }) => `${line}:${column} ${path}: ${message}`);
      }
    },
  };
}
