import type { WireCase } from '../case.ts';
import { answers, oddAnswers } from './answers.ts';
import { control } from './control.ts';
import { crowds } from './crowds.ts';
import { expect } from './expect.ts';
import { chunks, framing } from './framing.ts';
import { headers } from './headers.ts';
import { hopByHop } from './hop-by-hop.ts';
import { modes } from './modes.ts';
import { pipelines } from './pipelines.ts';
import { spellings } from './spellings.ts';
import { switches } from './switches.ts';
import { targets } from './targets.ts';
import { time } from './time.ts';
import { tunnels } from './tunnels.ts';
import { upgrades } from './upgrades.ts';

/** Every case there is. */
export const ALL: readonly WireCase[] = [
  ...framing,
  ...chunks,
  ...pipelines,
  ...headers,
  ...targets,
  ...hopByHop,
  ...expect,
  ...oddAnswers,
  ...answers,
  ...upgrades,
  ...tunnels,
  ...crowds,
  ...time,
  ...modes,
  ...switches,
  ...control,
  ...spellings,
];
