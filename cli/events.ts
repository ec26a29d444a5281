/** One server-sent event. */
export interface ServerEvent {
  readonly id: string | null;
  readonly type: string;
  readonly data: string;
}

/** The events of a stream (WHATWG HTML 9.2.6), as they are complete; what the end of the stream cuts off is dropped. */
export async function* eventsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  let block: string[] = [];
  for await (const line of linesOf(bytes)) {
    if (line !== '') {
      block.push(line);
      continue;
    }
    const event = eventOf(block);
    block = [];
    if (event) yield event;
  }
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    // A CR at the end of a chunk may be the first half of a CRLF: it waits for the next one.
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function eventOf(lines: readonly string[]): ServerEvent | null {
  const fields = lines.map((line) => /^([^:]*)(?:: ?(.*))?$/s.exec(line));
  const values = (name: string) => fields.filter((field) => field?.[1] === name).map((field) => field?.[2] ?? '');
  const data = values('data');
  if (data.length === 0) return null;
  return { id: values('id').at(-1) ?? null, type: values('event').at(-1) ?? 'message', data: data.join('\n') };
}
