import type { z } from 'zod';
import { dotted, isSpeakable } from './document.ts';
import type { Path, Problem, SettingsText } from './document.ts';

/** A finding about an option, before it is known where that stands in the text. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
}

/** A finding at its place in the text. */
export function located({ path, message }: Finding, settings: SettingsText): Problem {
  // Where the file has one value in place of a list, its name carries no [0].
  const written = path.filter((step, at) => typeof step === 'string' || settings.has(path.slice(0, at + 1)));
  return { path: dotted(written), message, ...settings.place(written) };
}

/** A schema's issue, as a problem of the text. */
export function problem(issue: z.core.$ZodIssue, section: Path, settings: SettingsText): Problem {
  const path = [...section, ...issue.path.filter((step) => typeof step !== 'symbol')];
  const known: unknown = issue.code === 'custom' ? issue.params?.['known'] : undefined;
  if (!Array.isArray(known)) return located({ path, message: issue.message }, settings);
  return unknownOption(
    path,
    known.filter((name) => typeof name === 'string'),
    settings,
  );
}

/** An option that nothing reads; one whose neighbours are `known`. */
export function unknownOption(path: Path, known: readonly string[], settings: SettingsText): Problem {
  const parent = path.slice(0, -1);
  const name = String(path.at(-1));
  const place = settings.namePlace(path);
  // `{ password: a,b }` makes an option of the password's second half.
  if (settings.isEmpty(path)) {
    const message = 'expected "name: value", got something without a value; a text with a comma needs quotes';
    return { path: dotted(parent), message, ...place };
  }
  if (!isSpeakable(name)) {
    const message = 'unknown option, with a name that no option could have; is a quote or a colon missing?';
    return { path: dotted(parent), message, ...place };
  }
  const meant = closest(name, known);
  const hint = meant === null ? `expected one of ${known.join(', ')}` : `did you mean ${meant}?`;
  return { path: dotted(path), message: `unknown option; ${hint}`, ...place };
}

/** The known name that was probably meant, or null. */
export function closest(name: string, known: readonly string[]): string | null {
  const candidates = known.map((candidate) => ({
    candidate,
    distance: edits(name.toLowerCase(), candidate.toLowerCase()),
  }));
  const best = candidates.sort((one, other) => one.distance - other.distance)[0];
  const tolerated = Math.max(1, Math.floor(name.length / 3));
  return best !== undefined && best.distance <= tolerated ? best.candidate : null;
}

/** Levenshtein's distance, with two neighbours exchanged as one edit. */
function edits(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const cost = one[row - 1] === other[column - 1] ? 0 : 1;
      const plain = Math.min((above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + cost);
      const exchanged = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      line.push(exchanged ? Math.min(plain, (before[column - 2] ?? plain) + 1) : plain);
    }
    before = above;
    above = line;
  }
  return above[other.length] ?? 0;
}
