import assert from 'node:assert/strict';
import type { PushChange, PushStatus } from '../../gateway/push/status.ts';
import { removeFolders } from '../state/folder.ts';
import { scene, TOKENS, type Scene } from './fixture.ts';

const STATUS: PushStatus = {
  environment: 'operational',
  subscribers: [
    {
      id: 'b1f0',
      partner: 'emr',
      address: '192.0.2.7',
      connectedAt: '2026-04-13T00:00:00.000Z',
      lastSeenAt: '2026-04-13T00:00:25.000Z',
      subscriptions: [{ event: '*', addressed: 'everybody', isCatchingUp: false }],
      delivered: 12,
      queuedBytes: 0,
    },
  ],
  upstreams: [
    {
      environment: 'operational',
      state: 'waiting',
      fault: 'refused',
      detail: 'the handshake was answered with 503',
      since: '2026-04-13T00:00:20.000Z',
      lastHeardAt: null,
      subscriptions: 1,
    },
  ],
  gaps: [
    {
      environment: 'operational',
      from: '2026-04-13T00:00:10.000Z',
      to: '2026-04-13T00:00:11.000Z',
      found: null,
      because: 'this environment keeps no list of what it pushed',
    },
  ],
  journal: { pending: 0, lost: 0, failure: null },
};

describe('the subscribers of push', () => {
  let on: Scene;
  afterEach(() => on.end());
  after(removeFolders);

  it('are listed with when each was last seen, beside the connections and the gaps', async () => {
    on = await scene({ push: { status: () => STATUS, onChange: () => () => undefined } });
    const { status, json } = await on.call('GET', '/api/subscribers', { token: TOKENS.read });
    assert.equal(status, 200);
    assert.deepEqual(json, STATUS);
  });

  it('are none where there is no push', async () => {
    on = await scene();
    const { status, json } = await on.call('GET', '/api/subscribers');
    assert.equal(status, 200);
    assert.deepEqual(json['subscribers'], []);
  });

  it('are nothing for a token that may only read figures', async () => {
    on = await scene();
    const { status } = await on.call('GET', '/api/subscribers', { token: TOKENS.metrics });
    assert.equal(status, 403);
  });

  it('have their gaps told in the event stream', async () => {
    const listeners = new Set<(change: PushChange) => void>();
    on = await scene({
      push: {
        status: () => STATUS,
        onChange(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
    });
    const headers = { authorization: `Bearer ${TOKENS.read}` };
    const answer = await fetch(`${on.control.address.url}/api/events`, { headers });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const gap: PushChange = { kind: 'gap', gap: STATUS.gaps[0]! };
    for (const tell of listeners) tell(gap);
    while (!text.includes('event: push')) text += (await reader.read()).value ?? '';
    assert.ok(text.includes(`data: ${JSON.stringify(gap)}`));
    await reader.cancel();
  });
});
