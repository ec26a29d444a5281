import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseConfig } from './config.ts';
import { openLog } from './log.ts';
import { run, start, untilStopped, type Running } from './main.ts';
import { startSimulator, type Simulator } from './simulator/server.ts';

// three simulated environments ──▶ the gateway in front of them ──▶ what to try

const ENVIRONMENTS = [
  { name: 'operational', port: 18000, flavour: 'cloud' },
  { name: 'cloudEmergency', port: 18001, flavour: 'cloud' },
  { name: 'localEmergency', port: 18002, flavour: 'onprem' },
] as const;

const CONFIG = `
state: { dir: ./data, initial: normal }
gateway: { listen: "127.0.0.1:8010" }
control: { listen: "127.0.0.1:8800" }
switch: { dwell: 0 }
environments:
  operational: { kind: cloud, url: "http://127.0.0.1:18000", user: ormaster, password: ormaster }
  cloudEmergency: { kind: cloud, url: "http://127.0.0.1:18001", user: ormaster, password: ormaster }
  localEmergency: { kind: onprem, url: "http://127.0.0.1:18002", user: ormaster, password: ormaster }
emergency: cloud
partners:
  - { name: emr, basic: { user: emr, password: emr-password } }
  - { name: onshi, basic: { user: onshi, password: onshi-password } }
  - { name: push-exchanger, basic: { user: push, password: push-password } }
log: { level: warn }
`;

/** What a newcomer can paste; each line works as it stands. */
const TRY = `
Hybrid Gateway: a demo with three simulated WebORCA environments and fictional patients. Partners use 127.0.0.1:8010.

Try, in another terminal (応急措置モードへの切り替えを試す):

  # a read: watch X-Hybridmode
  curl -si -u emr:emr-password 'http://127.0.0.1:8010/api/api01rv2/patientgetv2?id=1&format=json' | cut -c 1-300

  # a write: a reception (受付)
  curl -si -u emr:emr-password 'http://127.0.0.1:8010/api/orca11/acceptmodv2?class=01' -H 'Content-Type: application/xml' -d '<data><acceptreq type="record"><Patient_ID type="string">1</Patient_ID><Department_Code type="string">01</Department_Code><Physician_Code type="string">10001</Physician_Code></acceptreq></data>'

  # the mode, and a switch; then paste the first two lines again
  npx hybrid-gateway mode
  npx hybrid-gateway switch emergency --target cloud --reason 'try it' --yes
  npx hybrid-gateway switch recovery --reason 'it is over' --yes
  npx hybrid-gateway switch normal --reason 'all is copied' --override wrote --yes

The control API is at http://127.0.0.1:8800 (token in data/control.token), the environments are at
http://127.0.0.1:18000 (operational), :18001 (cloud emergency) and :18002 (local emergency), ormaster / ormaster.
Ctrl+C stops everything; the mode and the data are kept in ./data.
`;

async function demo(): Promise<void> {
  const config = parseConfig(CONFIG, { directory: process.cwd(), env: process.env });
  const log = openLog(config.log);
  const simulators: Simulator[] = [];
  let running: Running | null = null;
  const stop = async (): Promise<void> => {
    await running?.stop();
    for (const simulator of simulators) await simulator.close();
  };
  try {
    const folder = resolve(config.state.dir, 'demo');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const { name, port, flavour } of ENVIRONMENTS) {
      simulators.push(await startSimulator({ listen: { port }, flavour, store: join(folder, `${name}.db`) }));
    }
    running = await start(config, log);
    confirmItself(running);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    await stop();
    process.exitCode = 1;
    return;
  }
  const { mode, epoch } = running.store.current;
  console.log(`${TRY}\nThe mode is ${mode}, epoch ${epoch}.`);
  untilStopped(stop, log);
}

// A demo that waits for an operator after a day's pause would look broken; a clinic's gateway does wait.
function confirmItself({ store }: Running): void {
  if (store.awaitsConfirmation === null) return;
  const { mode, target, epoch } = store.current;
  store.commit({ expectedEpoch: epoch, mode, target, by: 'demo', reason: 'the demo confirms itself' });
}

// `import.meta.main` came with Node 24 only.
if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  await (values.config === undefined ? demo() : run({ config: values.config }));
}
