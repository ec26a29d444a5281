import { z } from 'zod';
import { EMERGENCY_ENVIRONMENTS, MODES } from '../../mode/mode.ts';
import type { EmergencyName } from '../../mode/mode.ts';
import type { Caller } from '../access.ts';
import { readBody, readQuery } from '../body.ts';
import type { ControlLog } from '../log.ts';
import type { ControlMetrics } from '../metrics.ts';
import type { Context } from '../context.ts';
import type { Route } from '../route.ts';
import { switchProblem } from '../switch-problem.ts';
import type { Whence } from '../switch/audit-row.ts';
import { confirmMode } from '../switch/confirm.ts';
import type { SwitchDeps } from '../switch/deps.ts';
import type { ConfirmOutcome, SwitchOutcome } from '../switch/outcome.ts';
import { previewSwitch } from '../switch/preview.ts';
import { switchMode } from '../switch/switch.ts';
import type { ModeView } from '../view.ts';
import { sentence } from './fields.ts';

const TARGETS = ['cloud', 'local', ...EMERGENCY_ENVIRONMENTS] as const;
const LONGEST_HISTORY = 1000;

const mode = z.enum(MODES, { error: `expected one of ${MODES.join(', ')}` });
const target = z
  .enum(TARGETS, { error: `expected one of ${TARGETS.join(', ')}` })
  .transform((name): EmergencyName => (name === 'cloud' || name === 'local' ? `${name}Emergency` : name));
const expectedEpoch = z
  .int({ error: 'expected the epoch that GET /api/mode gave, a whole number' })
  .positive({ error: 'expected a number above 0' });
const reason = sentence;
const override = z.array(z.string().max(100), { error: 'expected a list of names of checks, or ["*"]' }).max(100);

const SwitchBody = z.strictObject({
  to: mode,
  target: target.optional(),
  expectedEpoch,
  reason,
  override: override.optional(),
});
const ConfirmBody = z.strictObject({
  mode: mode.optional(),
  target: target.optional(),
  expectedEpoch,
  reason,
  override: override.optional(),
});
const PreflightQuery = z.strictObject({ to: mode, target: target.optional() });
const LIMIT = { error: `expected a number from 1 to ${LONGEST_HISTORY}` };
const HistoryQuery = z.strictObject({
  limit: z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(LONGEST_HISTORY, LIMIT).default(100),
});

export interface ModeRouteDeps {
  readonly switching: SwitchDeps;
  readonly view: () => ModeView;
  readonly metrics: ControlMetrics;
  readonly log: ControlLog;
}

/** The mode: what it is, what a switch would meet, switching, what it was. */
export function modeRoutes(deps: ModeRouteDeps): Route[] {
  const { switching, view } = deps;
  return [
    {
      method: 'GET',
      path: '/api/mode',
      scopes: ['read'],
      handle: (ctx) => {
        ctx.body = view();
      },
    },
    {
      method: 'GET',
      path: '/api/mode/preflight',
      scopes: ['read'],
      handle: async (ctx) => {
        const preview = await previewSwitch(readQuery(ctx, PreflightQuery), switching);
        if (preview.kind === 'refused') throw switchProblem(preview, switching.audit.head);
        const { next, allowed, checks } = preview;
        ctx.body = { epoch: switching.store.current.epoch, next, allowed, checks };
      },
    },
    {
      method: 'POST',
      path: '/api/mode',
      scopes: ['switch'],
      handle: async (ctx, caller) => {
        const request = { ...(await readBody(ctx, SwitchBody)), ...asked(caller) };
        const outcome = await noted(ctx, request, () => switchMode(request, switching), deps);
        if (outcome.kind !== 'switched') throw switchProblem(outcome, switching.audit.head);
        const { state, steps, overridden } = outcome;
        ctx.body = { state, steps, overridden, audit: switching.audit.head };
      },
    },
    {
      method: 'POST',
      path: '/api/mode/confirm',
      scopes: ['switch'],
      handle: async (ctx, caller) => {
        const request = { ...(await readBody(ctx, ConfirmBody)), ...asked(caller) };
        const outcome = await noted(ctx, request, () => confirmMode(request, switching), deps);
        if (outcome.kind !== 'confirmed') throw switchProblem(outcome, switching.audit.head);
        const { state, overridden } = outcome;
        ctx.body = { state, overridden, audit: switching.audit.head };
      },
    },
    {
      method: 'GET',
      path: '/api/mode/history',
      scopes: ['read'],
      handle: (ctx) => {
        ctx.body = { history: switching.store.history(readQuery(ctx, HistoryQuery).limit) };
      },
    },
  ];
}

function asked({ name, whence }: Caller): { by: string; whence: Whence } {
  return { by: name, whence };
}

/** Every wish to change the mode leaves a line and a figure, whatever became of it. */
async function noted<T extends SwitchOutcome | ConfirmOutcome>(
  ctx: Context,
  request: { readonly by: string; readonly to?: string; readonly mode?: string | undefined },
  work: () => Promise<T>,
  { metrics, log, switching }: ModeRouteDeps,
): Promise<T> {
  const begun = performance.now();
  const outcome = await work();
  const ms = performance.now() - begun;
  metrics.switched(outcome.kind, ms / 1000);
  const { requestId } = ctx.state;
  const { mode, epoch } = switching.store.current;
  // Not the reason: what people write stands in the audit trail, not in a log that goes to others.
  const wish = { by: request.by, to: request.to ?? request.mode };
  const fields = { requestId, ...wish, code: outcome.kind, mode, epoch, ms: Math.round(ms) };
  switch (outcome.kind) {
    case 'failed':
      log.error({ ...fields, step: outcome.step, err: outcome.cause }, 'the mode was not changed');
      break;
    case 'switched':
    case 'confirmed':
      log.info({ ...fields, overridden: outcome.overridden }, 'the mode was changed');
      break;
    case 'blocked':
      log.warn({ ...fields, checks: outcome.checks.map((check) => check.name) }, 'the mode was not changed');
      break;
    case 'refused':
    case 'conflict':
      log.warn(fields, 'the mode was not changed');
      break;
  }
  return outcome;
}
