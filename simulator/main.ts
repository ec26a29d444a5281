import { parseArgs } from 'node:util';
import { FLAVOURS, type Flavour, type SimulatorOptions } from './options.ts';
import { startSimulator } from './server.ts';
import { readFile } from 'node:fs/promises';

const HELP = `A simulated WebORCA: fictional patients, real answers.

Usage: npm run simulator -- [options]      (or: node simulator/main.ts [options])

  --host ADDRESS         listen here (127.0.0.1)
  --port PORT            listen here (18000); 0 takes a free one
  --push-port PORT       the old push server as well (9400 in the field)
  --admin-port PORT      administration on a port of its own, which no fault closes
  --flavour FLAVOUR      onprem | cloud | trial (onprem)
  --hybridmode VALUE     what X-Hybridmode says (normal)
  --operator USER:PASS   may be given several times (ormaster:ormaster)
  --patients N           how many are made up (40)
  --days N               days of visits before today (60)
  --visits N             visits on each of them (an eighth of the patients)
  --seed N               the same seed and day give the same clinic (1)
  --store FILE           keep the clinic in this file (in memory)
  --postgres URL         keep it in a PostgreSQL database: postgres://USER:PASSWORD@HOST:PORT/DATABASE, made where it
                         is missing; dumps are taken and restored by pg_dump and pg_restore
  --width N              digits of a patient number (5)
  --bare WHICH           paths without /api: captured | all | none (captured)
  --padded               fill arrays of JSON answers with {}, as old servers did
  --tls-key FILE --tls-cert FILE   serve HTTPS
  --tls-client-ca FILE             ask for client certificates signed by this
  --tls-client required            … and refuse whoever has none
  --help                 this

Administration, from this machine only: GET /simulator, /simulator/clinic, /simulator/arrivals, /simulator/faults,
/simulator/dump; POST /simulator/faults, /simulator/restore, /simulator/push; PUT /simulator/hybridmode, /simulator/numbers.
`;

const ARGUMENTS = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '18000' },
  'push-port': { type: 'string' },
  'admin-port': { type: 'string' },
  flavour: { type: 'string', default: 'onprem' },
  hybridmode: { type: 'string', default: 'normal' },
  operator: { type: 'string', multiple: true },
  patients: { type: 'string', default: '40' },
  days: { type: 'string', default: '60' },
  visits: { type: 'string' },
  seed: { type: 'string', default: '1' },
  store: { type: 'string' },
  postgres: { type: 'string' },
  width: { type: 'string', default: '5' },
  bare: { type: 'string', default: 'captured' },
  padded: { type: 'boolean', default: false },
  'tls-key': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-client-ca': { type: 'string' },
  'tls-client': { type: 'string', default: 'optional' },
  help: { type: 'boolean', default: false },
} as const;

class UsageError extends Error {
  readonly code = 'USAGE';
}

function whole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`--${name}: expected a whole number, got "${text}"`);
  return Number(text);
}

function oneOf<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new UsageError(`--${name}: expected ${choices.join(', ')}, got "${text}"`);
  return found;
}

async function optionsOf(argv: readonly string[]): Promise<SimulatorOptions | 'help'> {
  const { values } = parseArgs({ args: [...argv], options: ARGUMENTS, strict: true });
  if (values.help) return 'help';
  const patients = whole('patients', values.patients);
  const flavour: Flavour = oneOf('flavour', values.flavour, FLAVOURS);
  const key = values['tls-key'];
  const cert = values['tls-cert'];
  if ((key === undefined) !== (cert === undefined)) throw new UsageError('--tls-key and --tls-cert belong together');
  if (values.store !== undefined && values.postgres !== undefined)
    throw new UsageError('--store or --postgres: the clinic is kept in one place');
  const ca = values['tls-client-ca'];
  const client = oneOf('tls-client', values['tls-client'], ['optional', 'required']);
  return {
    listen: { host: values.host, port: whole('port', values.port) },
    ...(values['push-port'] === undefined
      ? {}
      : { pushListen: { host: values.host, port: whole('push-port', values['push-port']) } }),
    ...(values['admin-port'] === undefined ? {} : { adminListen: { port: whole('admin-port', values['admin-port']) } }),
    flavour,
    hybridmode: values.hybridmode,
    operators: (values.operator ?? ['ormaster:ormaster']).map((text) => {
      const colon = text.indexOf(':');
      if (colon < 1) throw new UsageError(`--operator: expected USER:PASSWORD`);
      return { user: text.slice(0, colon), password: text.slice(colon + 1) };
    }),
    patients,
    history: {
      days: whole('days', values.days),
      visitsPerDay: values.visits === undefined ? Math.ceil(patients / 8) : whole('visits', values.visits),
    },
    seed: whole('seed', values.seed),
    ...(values.store === undefined ? {} : { store: values.store }),
    ...(values.postgres === undefined ? {} : { postgres: values.postgres }),
    numberWidth: whole('width', values.width),
    bare: oneOf('bare', values.bare, ['captured', 'all', 'none']),
    isPadded: values.padded,
    ...(key === undefined || cert === undefined
      ? {}
      : {
          tls: {
            key: await readFile(key, 'utf8'),
            cert: await readFile(cert, 'utf8'),
            ...(ca === undefined ? {} : { ca: await readFile(ca, 'utf8'), requestClientCertificate: client }),
          },
        }),
  };
}

async function main(): Promise<void> {
  const options = await optionsOf(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(HELP);
    return;
  }
  const started = performance.now();
  const simulator = await startSimulator(options);
  const { user = '', password = '' } = options.operators?.[0] ?? {};
  const first = simulator.clinic.patients.bySerial(1)?.number ?? '1';
  console.log(`Simulated WebORCA (${options.flavour}), X-Hybridmode: ${simulator.conditions.hybridmode}`);
  console.log(
    `  ${simulator.url}/api   push ${simulator.url.replace('http', 'ws')}/ws   admin ${simulator.url}/simulator`,
  );
  if (simulator.adminPort !== null)
    console.log(`  administration also on http://127.0.0.1:${simulator.adminPort}/simulator`);
  if (simulator.pushPort !== null) console.log(`  push of the old form on port ${simulator.pushPort}`);
  console.log(
    `  ${options.patients} fictional patients, ready after ${Math.round(performance.now() - started)} ms; try:`,
  );
  console.log(`  curl -u ${user}:${password} '${simulator.url}/api/api01rv2/patientgetv2?id=${first}'`);
  const stop = (): void => void simulator.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

try {
  await main();
} catch (error) {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  // What has a code says in its message what to do; anything else is a bug, and its stack is wanted.
  const isExplained = error instanceof Error && 'code' in error;
  console.error(isExplained ? `${error.message}${isUsage ? '\nSee --help.' : ''}` : error);
  process.exitCode = isUsage ? 2 : 1;
}
