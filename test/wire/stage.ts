import type { RawClient } from './client.ts';
import type { Script } from './case.ts';
import { bytesOf } from './notation.ts';
import type { UpstreamRequest } from './upstream.ts';
import type { World } from './world.ts';

/** What a procedure works with; everything that it opens is looked at and closed afterwards. */
export class Stage {
  readonly world: World;
  readonly tokens: string[] = [];
  readonly clients: RawClient[] = [];

  constructor(world: World) {
    this.world = world;
  }

  /** A token that the environments answer by this script. */
  token(script?: Script): string {
    const token = this.world.token();
    this.tokens.push(token);
    this.world.recording.expect(token, script);
    return token;
  }

  async connect(): Promise<RawClient> {
    const client = await this.world.connect();
    this.clients.push(client);
    return client;
  }

  /** A connection over which this was sent. */
  async send(text: string, token: string): Promise<RawClient> {
    const client = await this.connect();
    client.send(bytesOf(text, token));
    return client;
  }

  /** Sends a request and waits for its answer; its status, or 0. */
  async ask(text: string, token: string, ms = 5000): Promise<number> {
    const client = await this.send(text, token);
    await client.until(() => client.reader.finished > 0 || client.closing !== 'open', ms);
    const status = client.reader.replies[0]?.status ?? 0;
    await client.leave();
    return status;
  }

  requests(token: string): readonly UpstreamRequest[] {
    return this.world.recording.requestsOf(token);
  }
}

/** Waits until something is so, at most so long; tells whether it is. */
export async function eventually(isSo: () => boolean, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (!isSo()) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}
