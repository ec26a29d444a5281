import type { WireCase } from '../case.ts';
import { answers } from './answers.ts';
import { chunks } from './chunks.ts';
import { control } from './control.ts';
import { crowds } from './crowds.ts';
import { expect } from './expect.ts';
import { framing } from './framing.ts';
import { found } from './found.ts';
import { headers } from './headers.ts';
import { hopByHop } from './hop-by-hop.ts';
import { modes } from './modes.ts';
import { oddAnswers } from './odd-answers.ts';
import { pipelines } from './pipelines.ts';
import { spellings } from './spellings.ts';
import { switches } from './switches.ts';
import { targets } from './targets.ts';
import { time } from './time.ts';
import { tunnels } from './tunnels.ts';
import { upgrades } from './upgrades.ts';

/** The cases of the list that the gateway is held against. */
export const LISTED: readonly WireCase[] = [
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

/** Every case there is. */
export const ALL: readonly WireCase[] = [...LISTED, ...found];
