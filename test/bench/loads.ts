import { join } from 'node:path';
import { z } from 'zod';
import {
  basic,
  GET_BYTES,
  MESSAGE_BYTES,
  PARTNER,
  PATHS,
  POST_ANSWER_BYTES,
  POST_REQUEST_BYTES,
  question,
  TRANSFER_BYTES,
} from './calls.ts';
import type { Children } from './children.ts';
import { find } from './tools.ts';

/** One kind of load. `rate` and costs are per `unit`. */
export interface Load {
  readonly name: string;
  readonly title: string;
  readonly unit: 'request' | 'MB' | 'message';
  /** Loads the proxy at the port for about `seconds`, and until what was begun is transferred. */
  run(children: Children, port: number, seconds: number): Promise<Outcome>;
}

export type Outcome =
  | {
      readonly kind: 'measured';
      /** Units in all. */
      readonly units: number;
      readonly seconds: number;
      readonly p50Ms: number | null;
      readonly p99Ms: number | null;
    }
  /** This one does not do such a thing. */
  | { readonly kind: 'not offered'; readonly why: string };

/** Answers were wrong or missing: a figure without them would flatter. */
export class LoadFailed extends Error {
  readonly code = 'LOAD_FAILED';
}

const HERE = import.meta.dirname;
const CONNECTIONS = [1, 32, 256];
const TRANSFER_SECONDS = 60;

/** @param file as long as an upload */
export function loads(file: string): Load[] {
  return [
    ...CONNECTIONS.map((n) => requests(`get-${n}`, `GET 1 KB, ${n} at a time`, n, PATHS.get, null)),
    ...CONNECTIONS.map((n) =>
      requests(`post-${n}`, `POST 2 KB → 20 KB, ${n} at a time`, n, PATHS.post, question(POST_REQUEST_BYTES)),
    ),
    transfer('download', '200 MiB down', PATHS.download, []),
    transfer('upload', '200 MiB up', PATHS.upload, ['-X', 'POST', '-T', file, '-H', 'Expect:']),
    echo(1),
    echo(32),
  ];
}

const WRK = z.object({
  requests: z.number(),
  seconds: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  broken: z.number(),
  refused: z.number(),
  late: z.number(),
});

function requests(name: string, title: string, connections: number, path: string, body: string | null): Load {
  return {
    name,
    title,
    unit: 'request',
    async run(children, port, seconds) {
      const url = `http://127.0.0.1:${port}${path}`;
      await checkAnswer(url, body, body === null ? GET_BYTES : POST_ANSWER_BYTES);
      const plan = [
        '-t',
        '1',
        '-c',
        String(connections),
        '-d',
        `${Math.max(1, Math.round(seconds))}s`,
        '--timeout',
        '10s',
      ];
      const own = ['-s', join(HERE, 'load.lua'), url, '--', basic(PARTNER), ...(body === null ? [] : [body])];
      const wrk = children.start('load', find('wrk') ?? 'wrk', [...plan, ...own]);
      const { stdout } = await wrk.output(seconds * 1000 + 20_000);
      const said = WRK.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
      if (said.requests === 0 || said.broken + said.refused + said.late > 0) {
        throw new LoadFailed(
          `${title}: ${said.requests} answers, ${said.refused} of them with a wrong status, ${said.broken} broken, ${said.late} late`,
        );
      }
      return { kind: 'measured', units: said.requests, seconds: said.seconds, p50Ms: said.p50Ms, p99Ms: said.p99Ms };
    },
  };
}

async function checkAnswer(url: string, body: string | null, bytes: number): Promise<void> {
  const headers = { authorization: basic(PARTNER), connection: 'close' };
  const post =
    body === null ? {} : { method: 'POST', body, headers: { ...headers, 'content-type': 'application/xml' } };
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(10_000), ...post }).catch((error: Error) => {
    throw new LoadFailed(`${url}: ${error.cause instanceof Error ? error.cause.message : error.message}`);
  });
  const { length } = await answer.text();
  const mode = answer.headers.get('x-hybridmode');
  if (answer.status !== 200 || length !== bytes || mode !== 'normal')
    throw new LoadFailed(
      `${url}: expected 200, ${bytes} bytes, normal; got ${answer.status}, ${length} bytes, ${mode}`,
    );
}

function transfer(name: string, title: string, path: string, how: readonly string[]): Load {
  return {
    name,
    title,
    unit: 'MB',
    async run(children, port, seconds) {
      const form = '%{http_code} %{size_download} %{size_upload} %{time_total}\\n';
      const limits = ['-sS', '--max-time', String(TRANSFER_SECONDS), '-o', '/dev/null', '-w', form];
      const authorization = ['-H', `Authorization: ${basic(PARTNER)}`];
      const url = `http://127.0.0.1:${port}${path}`;
      let [units, took] = [0, 0];
      do {
        const curl = children.start('load', find('curl') ?? 'curl', [...limits, ...authorization, ...how, url]);
        const { stdout } = await curl.output((TRANSFER_SECONDS + 5) * 1000);
        const [status = 0, down = 0, up = 0, time = 0] = stdout.split(' ').map(Number);
        if (status !== 200 || Math.max(down, up) !== TRANSFER_BYTES)
          throw new LoadFailed(`${title}: status ${status}, ${down} bytes down, ${up} bytes up`);
        units += TRANSFER_BYTES / 1e6;
        took += time;
      } while (took < seconds);
      return { kind: 'measured', units, seconds: took, p50Ms: null, p99Ms: null };
    },
  };
}

const ECHO = z.union([
  z.object({ messages: z.number(), seconds: z.number(), p50Ms: z.number(), p99Ms: z.number() }),
  z.object({ refused: z.string() }),
]);

function echo(connections: number): Load {
  return {
    name: `websocket-${connections}`,
    title: `WebSocket echo of ${MESSAGE_BYTES} bytes, ${connections} at a time`,
    unit: 'message',
    async run(children, port, seconds) {
      const client = [join(HERE, 'echo-client.ts'), String(port), String(connections), String(seconds)];
      const { stdout } = await children.start('load', process.execPath, client).output(seconds * 1000 + 20_000);
      const said = ECHO.parse(JSON.parse(stdout));
      if ('refused' in said) return { kind: 'not offered', why: said.refused };
      return { kind: 'measured', units: said.messages, seconds: said.seconds, p50Ms: said.p50Ms, p99Ms: said.p99Ms };
    },
  };
}
