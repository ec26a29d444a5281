import type { EventStreams } from '../events.ts';
import { Problem } from '../problem.ts';
import type { Route } from '../route.ts';

/** What happens, as it happens: server-sent events. */
export function eventRoutes(events: EventStreams): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/events',
      scopes: ['read'],
      handle: (ctx, caller) => {
        ctx.type = 'text/event-stream';
        // A stream ends with its connection: a stop of the gateway need not wait for an idle one to time out.
        ctx.set({ Connection: 'close', 'X-Accel-Buffering': 'no' });
        ctx.status = 200;
        if (ctx.method === 'HEAD') return;
        const stream = events.open(ctx.get('last-event-id'), {
          seesPatients: caller.may('patients'),
          session: caller.session?.id ?? null,
        });
        if (stream === null)
          throw new Problem(
            'TOO_MANY_STREAMS',
            {
              ja: 'イベントの接続が多すぎます。使っていない画面を閉じてから、もう一度お試しください。',
              en: 'Too many event streams are open. Close some, then try again.',
            },
            { headers: { 'Retry-After': '10' } },
          );
        ctx.body = stream;
      },
    },
  ];
}
