import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadControlAccess } from '../config/access.ts';
import { loadConfig } from '../config.ts';
import { configured, EXAMPLE_ENV, SOUND } from './support/configuration.ts';

const EXAMPLE = join(import.meta.dirname, '..', 'deploy', 'hybrid.example.yaml');
const configuration = configured();

describe('the configuration', () => {
  it('two environments and nothing else are enough', () => {
    const config = configuration.parse(SOUND);
    equal(config.emergency, 'cloudEmergency');
    equal(config.state.dir, join(configuration.directory, 'data'));
    deepEqual(config.log, { level: 'info', format: 'auto', access: false });
    deepEqual(config.withoutEffect, []);
  });

  it('emergency is the one emergency environment that there is', () => {
    equal(configuration.parse(SOUND.replace('cloudEmergency', 'localEmergency')).emergency, 'localEmergency');
  });

  it('a section without anything in it is one that was not written', () => {
    deepEqual(configuration.parse(`${SOUND}state:\ngateway:\nlog:\n`), configuration.parse(SOUND));
  });

  it('anchors and aliases save writing', () => {
    const text = SOUND.replace('password: hushhush }', 'password: hushhush, deadlines: &slow { connect: 9s } }');
    const { environments } = configuration.parse(text.replace('192.0.2.2:8000"', '192.0.2.2:8000", deadlines: *slow'));
    equal(environments.cloudEmergency?.deadlines.connectMs, 9000);
  });

  it('the access log is a flag or a file', () => {
    equal(configuration.parse(`${SOUND}log: { access: true }`).log.access, true);
    deepEqual(configuration.parse(`${SOUND}log: { access: { file: access.log } }`).log.access, {
      file: join(configuration.directory, 'access.log'),
    });
    deepEqual(configuration.problems(`${SOUND}log: { access: yes }`), [
      '6:16 log.access: expected true or false, got "yes"',
    ]);
  });

  it('options that nothing reads yet are named where the file sets them', () => {
    const text = `${SOUND.replace('kind: cloud', 'kind: cloud, hybrid: manual').replace('emr, basic', 'emr, push: close, basic')}
gateway: { push: { listen: "0.0.0.0:9400" } }
switch: { dwell: 1s, settle: 2s }
sync: { keep: 5, key: { file: secrets/backup-key } }
log: { access: false, level: warn }
`;
    deepEqual(configuration.parse(text).withoutEffect, [
      'environments.cloudEmergency.hybrid',
      'switch.settle',
      'sync.keep',
      'sync.key',
    ]);
  });
});

describe('the configuration file', () => {
  it('paths in it are relative to its folder', async () => {
    const file = join(configuration.directory, 'hybrid.yaml');
    writeFileSync(file, `\uFEFF${SOUND.replace('password: hushhush', 'password: { file: secrets/backup-key }')}`);
    const { environments, sync } = await loadConfig(file);
    equal(environments.operational.password, 'a line');
    equal(sync.folder, join(configuration.directory, 'backup'));
  });

  it('one that is not there is named', async () => {
    await rejects(
      loadConfig(join(configuration.directory, 'gone.yaml')),
      /gone\.yaml:1:1: the file does not exist; deploy/,
    );
    await rejects(loadConfig(configuration.directory), /:1:1: the file is a folder/);
  });

  it('one in Shift_JIS is refused with the line', async () => {
    const file = join(configuration.directory, 'sjis.yaml');
    writeFileSync(file, Buffer.concat([Buffer.from('state:\n  dir: '), Buffer.from([0x93, 0xfa, 0x96, 0x7b])]));
    await rejects(loadConfig(file), /sjis\.yaml:2:1: expected UTF-8 text/);
  });

  it('its control API can be found without any secret', async () => {
    const file = join(configuration.directory, 'operator.yaml');
    writeFileSync(
      file,
      `${SOUND.replace('hushhush', '"${ONLY_THE_SERVICE_HAS_IT}"')}control: { listen: "0.0.0.0:9000", tls: { certificate: c.pem, key: k.pem }, hosts: 5 }\nstate:\n`,
    );
    deepEqual(await loadControlAccess(file), {
      listen: { host: '0.0.0.0', port: 9000 },
      certificate: join(configuration.directory, 'c.pem'),
      stateDir: join(configuration.directory, 'data'),
    });
    writeFileSync(file, 'control: { listen: 9000 }');
    await rejects(loadControlAccess(file), /operator\.yaml:1:20: control\.listen: expected an address and port/);
  });
});

describe('the shipped example', () => {
  const text = readFileSync(EXAMPLE, 'utf8');
  const everything = text.replaceAll(/^(\s*)#(?=[a-zA-Z-])/gm, '$1');

  it('is sound as it stands', () => {
    const config = configuration.parse(text, EXAMPLE_ENV);
    deepEqual(
      config.partners.map(({ name }) => name),
      ['emr', 'onshi', 'device'],
    );
    equal(config.environments.localEmergency?.password, 'a line');
  });

  it('is sound with every option switched on', () => {
    const config = configuration.parse(everything, EXAMPLE_ENV);
    ok(config.gateway.tls && config.gateway.push && config.control.tls && config.environments.operational.ca);
    deepEqual(
      config.partners.map(({ name }) => name),
      ['emr', 'onshi', 'device', 'push-exchanger'],
    );
    equal(config.gateway.listen[1]?.partner, 'device');
  });

  it('shows the default where it says so', () => {
    const { gateway, health, recovery, sync, log, ...config } = configuration.parse(text, EXAMPLE_ENV);
    const standard = configuration.parse(SOUND);
    deepEqual(
      { gateway, health, recovery, sync, log },
      {
        gateway: standard.gateway,
        health: standard.health,
        recovery: standard.recovery,
        sync: standard.sync,
        log: standard.log,
      },
    );
    deepEqual(config.switch, standard.switch);
    deepEqual(config.control, standard.control);
  });

  it('shows every option there is', () => {
    const config = configuration.parse(everything, EXAMPLE_ENV);
    deepEqual(unset(config, ''), []);
  });
});

/** The options that stand at null: shown nowhere, or they would have a value. */
function unset(value: unknown, path: string): readonly string[] {
  if (value === null)
    return /Emergency\.|partners\.|passphrase/.test(path) || /listen\.\d\.partner/.test(path) ? [] : [path];
  if (typeof value !== 'object' || value instanceof URL) return [];
  return Object.entries(value).flatMap(([name, inner]) => unset(inner, path === '' ? name : `${path}.${name}`));
}
