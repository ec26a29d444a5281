import { needs, problems, WITH_TOKEN } from './openapi.ts';
import type { Paths } from './openapi.ts';

export const EVENT_PATHS: Paths = {
  '/api/events': {
    get: {
      operationId: 'followEvents',
      tags: ['events'],
      summary: 'What happens, as it happens.',
      description:
        'Begins with a `mode` event (a ModeView), or with what was missed since `Last-Event-ID`. After that: `mode` at ' +
        'every change, `environment` (an Environment) when one changes, `push` when a push ' +
        'connection comes or goes, or a gap is found, `outcome` ({ change: opened or ticked, id, open, outcome: ' +
        'an Outcome }) when a write becomes an unknown outcome or is ticked off; without the scope `patients` its patient ' +
        'and digest are null. A comment every 15 s keeps the line open; a reader that falls behind is dropped, and finds what it missed when it comes back.',
      security: needs('read'),
      parameters: [
        {
          name: 'Last-Event-ID',
          in: 'header',
          description: 'The last id that was read.',
          schema: { type: 'string' },
        },
      ],
      responses: {
        '200': { description: 'The stream.', content: { 'text/event-stream': { schema: { type: 'string' } } } },
        ...WITH_TOKEN,
        ...problems('TOO_MANY_STREAMS'),
      },
    },
  },
};
