import { setTimeout as pause } from 'node:timers/promises';
import type { ControlApi } from './api.ts';
import { eventsOf } from './events.ts';
import type { ServerEvent } from './events.ts';
import { CommandFailed, EXIT } from './exit.ts';
import { stateWords } from './mode.ts';
import { plain } from './output.ts';
import type { Output } from './output.ts';
import { modeAnswer } from './words.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** `watch`: one line per event, until the process is stopped; connects anew when the gateway goes away. */
export async function watch(api: ControlApi, out: Output, json: boolean): Promise<never> {
  let lastId: string | null = null;
  let bytes = await api.events(lastId);
  for (;;) {
    try {
      for await (const event of eventsOf(bytes)) {
        lastId = event.id ?? lastId;
        out.line(json ? JSON.stringify({ ...event, data: dataOf(event) }) : eventLine(event, out));
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
    out.note('接続が切れました。再接続します。 / The connection ended; connecting anew.');
    bytes = await reconnected(api, lastId);
  }
}

async function reconnected(api: ControlApi, lastId: string | null): Promise<AsyncIterable<Uint8Array>> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    await pause(pauseMs);
    try {
      return await api.events(lastId);
    } catch (error) {
      const isPassing =
        error instanceof CommandFailed && (error.exit === EXIT.unreachable || error.exit === EXIT.unexpected);
      if (!isPassing) throw error;
    }
  }
}

function eventLine(event: ServerEvent, out: Output): string {
  const time = new Date().toLocaleTimeString('ja-JP', { hour12: false });
  return `${out.styled('dim', time)}  ${out.styled('cyan', plain(event.type))}  ${plain(summary(event))}`;
}

function summary(event: ServerEvent): string {
  const mode = event.type === 'mode' ? modeAnswer.safeParse(dataOf(event)).data : undefined;
  if (mode === undefined) return event.data;
  return `${stateWords(mode.state)}: ${mode.state.by}, ${mode.state.reason}`;
}

function dataOf({ data }: ServerEvent): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
