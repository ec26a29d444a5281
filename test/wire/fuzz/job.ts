import type { ExchangeCase, Play, Script } from '../case.ts';
import { ALL } from '../cases/all.ts';
import { get, post, TOKEN } from '../notation.ts';
import { MARK, MUTATORS } from './mutators.ts';
import { Random } from './random.ts';

/** One exchange to be tried: bytes, how they are cut, and what the environment answers. */
export interface Job {
  readonly index: number;
  /** What is mangled: what the partner sends, or what the environment answers. */
  readonly kind: 'request' | 'answer';
  readonly text: string;
  /** Where the text is cut into writes. */
  readonly cuts: readonly number[];
  readonly ending: 'FIN' | 'RST' | 'wait';
  /** The mangled answer; without one, the environment answers as ever. */
  readonly answer: string | null;
  /** The case it began with, and what was done to it. */
  readonly recipe: string;
}

const marked = (text: string): string => text.replaceAll(TOKEN, MARK);

function sentBy({ sent }: ExchangeCase): string {
  const parts = sent.map((step) => {
    if (typeof step === 'string') return '';
    if ('send' in step) return step.send;
    return 'bytewise' in step ? step.bytewise : '';
  });
  return marked(parts.join(''));
}

function answersIn(wireCase: ExchangeCase): string[] {
  const { environment } = wireCase;
  if (environment === undefined) return [];
  const scripts: readonly Script[] = 'plays' in environment ? [environment] : Object.values(environment.byPath);
  const texts = scripts.flatMap(({ plays }) => plays.map(textOf)).filter((text) => text !== '');
  return texts.map((text) => marked(text).replaceAll('{environment}', '127.0.0.1:18000'));
}

function textOf(play: Play): string {
  if (typeof play === 'string') return '';
  if ('send' in play) return play.send;
  return 'dribble' in play ? play.dribble : '';
}

// Large bodies cost time and show nothing more. The answer to a HEAD cannot be told from a broken one.
const exchanges = ALL.filter((wireCase) => 'sent' in wireCase).filter(({ head }) => head !== true);
const requests = exchanges
  .map((wireCase) => ({ id: wireCase.id, text: sentBy(wireCase) }))
  .filter(({ text }) => text.length > 0 && text.length < 3000);
const answers = exchanges.flatMap((wireCase) => answersIn(wireCase).map((text) => ({ id: wireCase.id, text })));
const requestTexts = requests.map(({ text }) => text);
const answerTexts = answers.map(({ text }) => text);

/** The job of this number; the same for the same seed, always. */
export function jobOf(seed: number, index: number): Job {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const isAnswer = random.chance(0.15);
  const { id, text } = random.pick(isAnswer ? answers : requests);
  const recipe = [id];
  let mangled = text;
  for (let count = random.pick([0, 1, 1, 1, 2, 2, 3, 4]); count > 0; count--) {
    const mutator = random.pick(MUTATORS);
    recipe.push(mutator.name);
    mangled = mutator.apply(mangled, random, isAnswer ? answerTexts : requestTexts).slice(0, 12_000) || 'X';
  }
  if (random.chance(0.08)) {
    mangled = mangled.slice(0, 1 + random.below(mangled.length));
    recipe.push('cut off');
  }
  const ending = random.pick<Job['ending']>(['wait', 'wait', 'wait', 'wait', 'FIN', 'RST']);
  recipe.push(ending);
  if (isAnswer) {
    const plain = marked(random.chance(0.5) ? get() : post('Content-Length: 2\r\n', 'ab'));
    return { index, kind: 'answer', text: plain, cuts: [], ending: 'wait', answer: mangled, recipe: recipe.join(', ') };
  }
  return {
    index,
    kind: 'request',
    text: mangled,
    cuts: cutsOf(mangled, random),
    ending,
    answer: null,
    recipe: recipe.join(', '),
  };
}

function cutsOf(text: string, random: Random): number[] {
  if (random.chance(0.6)) return [];
  const count = random.chance(0.05) ? Math.min(text.length, 200) : random.below(4);
  return Array.from({ length: count }, () => random.below(text.length)).sort((a, b) => a - b);
}

/** The text with tokens in it that all begin alike, each of its own; `base` has 9 characters. */
export function withTokens(text: string, base: string): string {
  let count = 0;
  return text.replaceAll(MARK, () => `${base}${(count++ % 1296).toString(36).padStart(2, '0')}z`);
}

/** The base of a token. */
export function baseOf(token: string): string {
  return token.slice(0, 9);
}

/** The base for a number. */
export function baseFor(number: number): string {
  return `w${number.toString(36).padStart(8, '0').slice(-8)}`;
}
