import { z } from 'zod';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../login/password.ts';
import { ROLES } from '../login/roles.ts';

// Fields of bodies that more than one address takes.

/** One line that says why; it is kept. */
export const sentence = z
  .string({ error: 'expected a sentence: why' })
  .trim()
  .min(1, { error: 'expected a sentence: why' })
  .max(500, { error: 'expected at most 500 characters' })
  .regex(/^\P{Cc}*$/u, { error: 'expected one line without control characters' });

const NAME = { error: 'expected up to 40 small letters, digits, ".", "_" or "-"' };
export const operatorName = z.string(NAME).regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, NAME);
export const role = z.enum(ROLES, { error: `expected one of ${ROLES.join(', ')}` });

const PASSWORD = { error: `expected ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters` };
export const newPassword = z
  .string(PASSWORD)
  .min(SHORTEST_PASSWORD, PASSWORD)
  .max(LONGEST_PASSWORD, PASSWORD)
  .regex(/^\P{Cc}*$/u, { error: 'expected one line without control characters' });

/** As somebody typed it: whether it could be one is not told. */
export const typedName = z.string({ error: 'expected a name' }).max(100, { error: 'expected a name' });
export const typedPassword = z
  .string({ error: 'expected a password' })
  .max(LONGEST_PASSWORD, { error: 'expected at most 256 characters' });
