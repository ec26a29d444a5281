import type { Path } from './document.ts';
import { dotted } from './document.ts';

/** The options that are read and checked, but that nothing acts on yet. A line goes with the change that builds it. */
const UNBUILT = ['environments.*.hybrid', 'switch.settle', 'sync.*'];

/** The dotted names of the options that a file sets in vain, in the order of the alphabet. */
export function withoutEffect(settings: unknown): readonly string[] {
  return UNBUILT.flatMap((pattern) => matches(settings, pattern.split('.'), []).map(dotted));
}

function matches(value: unknown, [step, ...rest]: readonly string[], path: Path): readonly Path[] {
  if (value === null || value === undefined) return [];
  if (step === undefined) return [path];
  if (Array.isArray(value))
    return value.flatMap((item, at) => (step === '*' ? matches(item, rest, [...path, at]) : []));
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    step === '*' || step === key ? matches(inner, rest, [...path, key]) : [],
  );
}
