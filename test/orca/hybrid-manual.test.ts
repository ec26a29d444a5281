import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dump, HybridSpeaker, ManualStep } from '../../orca/hybrid.ts';
import { manualSpeaker } from '../../orca/hybrid/manual.ts';
import { memorySteps, type MemorySteps } from '../../orca/hybrid/memory-steps.ts';

const AT = new Date('2026-11-22T08:00:00Z');
const NUMBERS = { outpatientSlip: 1102, inpatientSlip: 489, patientSerial: 123 };
const DUMP: Dump = { id: '1', name: '20261122060200.dump', madeAt: AT, bytes: null, sha256: null };

describe('hybrid: manual', () => {
  let steps: MemorySteps;
  let speaker: HybridSpeaker;
  let folder: string;
  beforeEach(() => {
    steps = memorySteps(() => AT);
    speaker = manualSpeaker('cloudEmergency', steps);
    folder = mkdtempSync(join(tmpdir(), 'hybrid-gateway-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const only = (): ManualStep => {
    const [step, ...others] = steps.pending();
    equal(others.length, 0);
    return step!;
  };

  it('makes every request a step that waits, and says it in Japanese', async () => {
    const path = join(folder, 'x.dump');
    const file = { path, bytes: 5, sha256: 'a'.repeat(64) };
    const asked = [
      speaker.readNumbers(),
      speaker.raiseNumbers(NUMBERS),
      speaker.listDumps(),
      speaker.takeDump(),
      speaker.downloadDump(DUMP, path),
      speaker.uploadDump(file, 'x.dump'),
      speaker.restore(DUMP),
      speaker.announceMode('emergency-fa'),
    ];
    for (const spoken of await Promise.all(asked)) equal(spoken.kind, 'waits');
    deepEqual(
      steps.pending().map(({ task, asks }) => `${task}: ${asks}`),
      [
        'read-numbers: numbers',
        'raise-numbers: numbers',
        'list-dumps: dumps',
        'take-dump: dumps',
        'download-dump: nothing',
        'upload-dump: nothing',
        'restore: nothing',
        'announce-mode: nothing',
      ],
    );
    for (const { ja, environment } of steps.pending()) {
      equal(/ください。|ください: /.test(ja), true, ja);
      equal(environment, 'cloudEmergency');
    }
  });

  it('asks for the same thing once, however often it is asked', async () => {
    await speaker.readNumbers();
    await speaker.readNumbers();
    deepEqual(only().openedAt, AT);
  });

  it('is done with what the person told, once', async () => {
    await speaker.readNumbers();
    steps.tick(only().id, NUMBERS);
    deepEqual(await speaker.readNumbers(), { kind: 'done', value: NUMBERS });
    equal((await speaker.readNumbers()).kind, 'waits');
  });

  it('takes no tick without what is asked', async () => {
    await speaker.readNumbers();
    const { id } = only();
    throws(() => steps.tick(id, { ...NUMBERS, patientSerial: '123' }), { code: 'HYBRID_REFUSED', reason: 'input' });
    throws(() => steps.tick(id), { code: 'HYBRID_REFUSED', reason: 'input' });
    throws(() => steps.tick('another'), { code: 'HYBRID_REFUSED', reason: 'unknown-step' });
    equal((await speaker.readNumbers()).kind, 'waits');
  });

  it('knows from what to what the numbers were raised', async () => {
    const wanted = { outpatientSlip: 1200, patientSerial: 100 };
    await speaker.raiseNumbers(wanted);
    steps.tick(only().id, NUMBERS);
    const after = { ...NUMBERS, outpatientSlip: 1200 };
    deepEqual(await speaker.raiseNumbers(wanted), { kind: 'done', value: { before: NUMBERS, after } });
  });

  it('puts a new wish in the place of one that still waits', async () => {
    await speaker.raiseNumbers({ outpatientSlip: 1200 });
    await speaker.raiseNumbers({ outpatientSlip: 1300 });
    equal(only().ja.includes('1300'), true);
  });

  it('is refused where the person declines', async () => {
    await speaker.announceMode('normal');
    steps.decline(only().id, '担当者不在');
    await rejects(speaker.announceMode('normal'), {
      code: 'HYBRID_REFUSED',
      reason: 'declined',
      message: '担当者不在',
    });
  });

  it('looks at the file that the person is said to have put there', async () => {
    const to = join(folder, 'latest.dump');
    await speaker.downloadDump(DUMP, to);
    writeFileSync(to, 'a page that says: log in');
    steps.tick(only().id);
    await rejects(speaker.downloadDump(DUMP, to), { code: 'DUMP_DIFFERS' });
    await speaker.downloadDump(DUMP, to);
    writeFileSync(to, 'PGDMP…');
    steps.tick(only().id);
    const spoken = await speaker.downloadDump(DUMP, to);
    equal(spoken.kind === 'done' && spoken.value.bytes, 8);
  });

  it('lists dumps as they were told, newest first', async () => {
    await speaker.listDumps();
    steps.tick(only().id, [
      { name: 'older', madeAt: '2026-11-21T06:02:00+09:00' },
      { name: 'newer', madeAt: '2026-11-22T06:02:00+09:00' },
    ]);
    const spoken = await speaker.listDumps();
    deepEqual(spoken.kind === 'done' && spoken.value.map(({ name }) => name), ['newer', 'older']);
  });
});
