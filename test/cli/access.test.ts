import { deepEqual, equal, match } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ControlApiStage, staged } from '../support/control-api.ts';
import { MODE } from './answers.ts';

const clinic = staged();

const sent = async (args: readonly string[], env: Record<string, string> = {}): Promise<string | undefined> => {
  clinic.stage.answers({ 'GET /api/mode': [200, MODE] });
  equal((await clinic.call(['mode', ...args], env)).code, 0);
  return clinic.stage.asked[0]?.authorization;
};

describe('the token', () => {
  it('is the one of the command line, else of the environment, else of the state clinic.folder', async () => {
    equal(await sent(['--token', 'said'], { HYBRID_GATEWAY_TOKEN: 'environment' }), 'Bearer said');
    equal(await sent([], { HYBRID_GATEWAY_TOKEN: 'environment' }), 'Bearer environment');
    equal(await sent([]), 'Bearer from-the-file');
    equal(await sent(['--state', 'data']), 'Bearer from-the-file');
    equal(await sent(['--state', 'elsewhere']), undefined);
  });

  it('is found through the configuration, as is the address', async () => {
    mkdirSync(join(clinic.folder, 'etc', 'state'), { recursive: true });
    writeFileSync(join(clinic.folder, 'etc', 'state', 'control.token'), 'of-the-service\n');
    writeFileSync(
      join(clinic.folder, 'etc', 'h.yaml'),
      `state: { dir: state }\ncontrol: { listen: "0.0.0.0:${clinic.stage.port}" }\n`,
    );
    clinic.stage.answers({ 'GET /api/mode': [200, MODE] });
    equal((await clinic.local(['mode', '--config', 'etc/h.yaml'])).code, 0);
    equal(clinic.stage.asked[0]?.authorization, 'Bearer of-the-service');
  });

  it('that is missing is named when the API asks for one', async () => {
    clinic.stage.answers({ 'GET /api/mode': [401, { detail: 'd', detailEn: 'e' }] });
    const { code, stderr } = await clinic.call(['mode', '--state', 'elsewhere']);
    equal(code, 5);
    match(stderr, /トークンがありません: .*elsewhere.control\.token \(ENOENT\)/);
  });

  it('a configuration that cannot be read ends with 3', async () => {
    equal((await clinic.local(['mode', '--config', 'gone.yaml'])).code, 3);
  });
});

describe('a control API with a certificate of its own', () => {
  let secure: ControlApiStage;

  before(async () => {
    const files = ['-keyout', join(clinic.folder, 'key.pem'), '-out', join(clinic.folder, 'cert.pem')];
    const subject = ['-subj', '/CN=gateway.clinic.local', '-addext', 'subjectAltName=DNS:gateway.clinic.local'];
    const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', [...kind, ...files, ...subject], { stdio: 'pipe' });
    secure = await ControlApiStage.open({
      cert: readFileSync(join(clinic.folder, 'cert.pem'), 'utf8'),
      key: readFileSync(join(clinic.folder, 'key.pem'), 'utf8'),
    });
    secure.answers({ 'GET /api/mode': [200, MODE] });
  });
  after(() => secure.close());

  it('is not trusted by itself, and the way out is named', async () => {
    const { code, stderr } = await clinic.local(['mode', '--url', `https://127.0.0.1:${secure.port}`]);
    equal(code, 4);
    match(stderr, /--ca FILE/);
    deepEqual(secure.asked, []);
  });

  it('is trusted with --ca, whatever name it is called by', async () => {
    const { code } = await clinic.local(['mode', '--url', `https://127.0.0.1:${secure.port}`, '--ca', 'cert.pem']);
    equal(code, 0);
  });

  it('is trusted through the configuration', async () => {
    const tls = `{ listen: "127.0.0.1:${secure.port}", tls: { certificate: cert.pem, key: unreadable.pem } }`;
    writeFileSync(join(clinic.folder, 'tls.yaml'), `control: ${tls}\n`);
    equal((await clinic.local(['mode', '--config', 'tls.yaml'])).code, 0);
  });
});
