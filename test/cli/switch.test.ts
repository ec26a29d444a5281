import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { ControlApi } from '../../cli/api.ts';
import { parseCommand } from '../../cli/arguments.ts';
import { CommandFailed } from '../../cli/exit.ts';
import type { Output } from '../../cli/output.ts';
import { switchMode } from '../../cli/switch.ts';
import { staged } from '../support/control-api.ts';
import { MODE, STATE, SWITCHED } from './answers.ts';

const clinic = staged();

describe('switch and confirm', () => {
  it('switch reads the epoch first, says what it will do, and does it', async () => {
    clinic.stage.answers({ 'GET /api/mode': [200, MODE], 'POST /api/mode': [200, SWITCHED] });
    const { code, stdout, stderr } = await clinic.call([
      'switch',
      'emergency',
      '--target',
      'cloud',
      '--reason',
      '回線障害',
    ]);
    equal(code, 0);
    match(
      stderr,
      /^通常 \(epoch 12\) から 応急措置モード へ切り替え.*クラウド応急措置環境.*\nThis switches from normal \(epoch 12\) to emergency/,
    );
    match(
      stdout,
      /^切り替えました。 \/ Switched: 応急措置モード emergency, クラウド応急措置環境 cloudEmergency \(epoch 13\)\n$/,
    );
    deepEqual(
      clinic.stage.asked.map(({ method, body }) => [method, body]),
      [
        ['GET', undefined],
        ['POST', { to: 'emergency', target: 'cloudEmergency', expectedEpoch: 12, reason: '回線障害' }],
      ],
    );
  });

  it('with an epoch and --yes it asks nothing first; overrides go along', async () => {
    clinic.stage.answers({ 'POST /api/mode': [200, SWITCHED] });
    const args = [
      'switch',
      'normal',
      '--reason',
      'x',
      '--expected-epoch',
      '9',
      '--yes',
      '--override',
      'wrote',
      '--override',
      'dwell',
    ];
    const { code, stdout } = await clinic.call([...args, '--json']);
    equal(code, 0);
    equal(stdout, `${JSON.stringify(SWITCHED)}\n`);
    deepEqual(
      clinic.stage.asked.map(({ body }) => body),
      [{ to: 'normal', expectedEpoch: 9, reason: 'x', override: ['wrote', 'dwell'] }],
    );
  });

  it('confirm says what the clinic is in', async () => {
    clinic.stage.answers({ 'GET /api/mode': [200, MODE], 'POST /api/mode/confirm': [200, { state: STATE }] });
    const { code, stdout } = await clinic.call([
      'confirm',
      '--mode',
      'recovery',
      '--target',
      'local',
      '--reason',
      '新しいPC',
    ]);
    equal(code, 0);
    match(stdout, /^モードを確認しました。 \/ Confirmed: 通常 normal \(epoch 12\)/);
    deepEqual(clinic.stage.asked[1]?.body, {
      mode: 'recovery',
      target: 'localEmergency',
      expectedEpoch: 12,
      reason: '新しいPC',
    });
  });

  it('an answer cut off in the middle leaves the outcome open, and says so', async () => {
    clinic.stage.plays(({ method }, response) => {
      if (method === 'GET') response.writeHead(200).end(JSON.stringify(MODE));
      else response.writeHead(200, { 'content-length': 999 }).write('{', () => response.destroy());
    });
    const { code, stderr } = await clinic.call(['switch', 'emergency', '--reason', 'x']);
    equal(code, 4);
    match(stderr, /切り替わったかどうかを hybrid-gateway mode で確認/);
  });
});

/** Switches with somebody at the terminal who gives this answer; gives back what was asked of them and of the API. */
async function switching(
  answer: boolean,
  ...more: readonly string[]
): Promise<{ questions: number; methods: string[] }> {
  clinic.stage.answers({ 'GET /api/mode': [200, MODE], 'POST /api/mode': [200, { state: STATE }] });
  let questions = 0;
  const ask = (): Promise<boolean> => {
    questions += 1;
    return Promise.resolve(answer);
  };
  const out: Output = { line: () => undefined, note: () => undefined, styled: (_, text) => text, ask };
  const api = new ControlApi({ url: new URL(clinic.stage.url), ca: null, token: { value: 't' } });
  const command = parseCommand(['switch', 'emergency', '--reason', 'x', ...more]);
  if (command.command !== 'switch') throw new Error('not a switch');
  const done = switchMode(command, api, out);
  if (answer) await done;
  else await rejects(done, (error) => error instanceof CommandFailed && error.exit === 1);
  return { questions, methods: clinic.stage.asked.map(({ method }) => method) };
}

describe('the question before a switch', () => {
  it('is asked, and yes switches', async () => {
    deepEqual(await switching(true), { questions: 1, methods: ['GET', 'POST'] });
  });

  it('anything but yes changes nothing, and is not success', async () => {
    deepEqual(await switching(false), { questions: 1, methods: ['GET'] });
  });

  it('is asked although the epoch was given', async () => {
    deepEqual(await switching(false, '--expected-epoch', '12'), { questions: 1, methods: ['GET'] });
  });

  it('--yes answers it', async () => {
    deepEqual(await switching(true, '--yes'), { questions: 0, methods: ['GET', 'POST'] });
  });
});
