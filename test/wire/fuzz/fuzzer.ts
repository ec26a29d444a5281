import { Recording } from '../backend.ts';
import type { Script, Scripts } from '../case.ts';
import { RawClient } from '../client.ts';
import { readable } from '../notation.ts';
import { eventually } from '../stage.ts';
import type { UpstreamRequest } from '../upstream.ts';
import { baseFor, baseOf, withTokens, type Job } from './job.ts';
import { answerJobFaults, requestJobFaults, smugglingFaults, type Outcome } from './judge.ts';
import { meaningOf, type Reading } from './reference.ts';

/** Where the bytes go. */
export interface Aim {
  readonly host: string;
  readonly port: number;
  /** The value of `X-Hybridmode` there; null where it changes. */
  readonly hybridMode: string | null;
  /** What reached the environments; null where they are not ours. */
  readonly recording: FuzzRecording | null;
}

interface Watched {
  readonly requests: UpstreamRequest[];
  readonly reading: Reading;
  readonly script: Script | undefined;
  isOver: boolean;
}

/** What reached the environments, by the base of the tokens in it. */
export class FuzzRecording extends Recording {
  readonly #watched = new Map<string, Watched>();
  /** Jobs for which something came after their end: the gateway was still at it when the partner had left. */
  readonly #late = new Set<Watched>();
  readonly #unknown: string[] = [];

  open(base: string, reading: Reading, script: Script | undefined): UpstreamRequest[] {
    const requests: UpstreamRequest[] = [];
    this.#watched.set(base, { requests, reading, script, isOver: false });
    return requests;
  }

  close(base: string): void {
    const job = this.#watched.get(base);
    if (job !== undefined) job.isOver = true;
    if (this.#watched.size > 5000) this.#watched.delete(this.#watched.keys().next().value ?? '');
  }

  /** What came late is as the partner meant it, too. */
  lateFaults(): string[] {
    const faults = [...this.#late].flatMap(({ reading, requests }) => smugglingFaults(reading, requests));
    return [...this.#unknown.map((name) => `${name} belongs to no job`), ...faults].slice(0, 5);
  }

  override scriptsOf(token: string): Scripts | undefined {
    return this.#watched.get(baseOf(token))?.script;
  }

  override record(request: UpstreamRequest): void {
    if (request.token === null) return super.record(request);
    const job = this.#watched.get(baseOf(request.token));
    if (job === undefined) {
      this.#unknown.push(`${request.environment} ${request.head.method} ${request.head.target}`);
      return;
    }
    job.requests.push(request);
    if (job.isOver) this.#late.add(job);
  }

  override broken(token: string | null, environment: string, reason: string, bytes: Buffer): void {
    super.broken(token === null ? null : baseOf(token), environment, reason, bytes);
  }
}

export interface Failure {
  readonly job: Job;
  readonly faults: readonly string[];
  readonly evidence: string;
}

let number = Math.floor(Math.random() * 1e9);

/** Tries one job and judges it; null where all is well. */
export async function tryJob(aim: Aim, job: Job): Promise<Failure | null> {
  const base = baseFor(number++);
  const text = withTokens(job.text, base);
  const bytes = Buffer.from(text, 'latin1');
  const reading = meaningOf(bytes);
  const requests = aim.recording?.open(base, reading, scriptOf(job, base)) ?? [];
  const client = await RawClient.connect(aim.port, { host: aim.host });
  await send(client, bytes, job);
  const faults: string[] = [];
  if (job.ending === 'wait') {
    const wanted = reading.requests.filter(({ complete }) => complete).length;
    const mayWait = reading.isBroken || reading.isUnfinished || wanted === 0;
    const isOver = await client.until(
      () => client.closing !== 'open' || client.reader.finished >= Math.max(1, wanted),
      mayWait ? 150 : 4000,
    );
    if (!isOver && !mayWait) faults.push('neither an answer nor an end within 4 s');
  } else if (job.ending === 'FIN') {
    client.halfClose();
  } else {
    client.reset();
  }
  const left = job.ending === 'RST' || (await client.leave(3000));
  if (!left) faults.push("the partner's connection was left open");
  const isSettled = (): boolean => requests.every(({ settled, connection }) => settled || connection.closed);
  if (!isSettled() && !(await eventually(isSettled, 2500)))
    faults.push('a connection to the environment was left open');
  const strays = aim.recording?.straysOf(base) ?? [];
  const outcome: Outcome = { client, requests, strays, hybridMode: aim.hybridMode };
  faults.push(
    ...(job.answer === null
      ? requestJobFaults(reading, outcome)
      : answerJobFaults(withTokens(job.answer, base), reading, outcome)),
  );
  aim.recording?.close(base);
  return faults.length === 0 ? null : { job, faults: [...new Set(faults)], evidence: evidenceOf(bytes, job, outcome) };
}

async function send(client: RawClient, bytes: Buffer, { cuts }: Job): Promise<void> {
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    const to = Math.min(cut, bytes.length);
    if (to > from) client.send(bytes.subarray(from, to));
    from = Math.max(from, to);
    if (cuts.length > 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

// A mangled answer ends with its connection: what it lacks does not come any more.
function scriptOf({ answer, index }: Job, base: string): Script | undefined {
  if (answer === null) return undefined;
  const end = index % 3 === 0 ? 'RST' : 'FIN';
  return { at: 'end', plays: [{ send: withTokens(answer, base) }, { pauseMs: 15 }, end] };
}

function evidenceOf(bytes: Buffer, job: Job, { client, requests, strays }: Outcome): string {
  return [
    `recipe    ${job.recipe}`,
    `sent      ${readable(bytes, 3000)}`,
    ...(job.answer === null ? [] : [`answered  ${readable(job.answer, 3000)}`]),
    `received  ${readable(client.received, 2000)} (${client.closing})`,
    ...requests.map(
      ({ environment, head, body, complete }) =>
        `${environment}  ${readable(head.text + body.toString('latin1'), 2000)} (${complete ? 'whole' : 'cut'})`,
    ),
    ...strays.map(({ environment, reason, bytes }) => `${environment}  ${reason}: ${readable(bytes)}`),
  ].join('\n');
}
