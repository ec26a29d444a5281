import type { Scope } from '../options.ts';

/** What an operator may do. `viewer` sees no patients' data; `operator` runs the clinic's switches; `admin` everything. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ['read'],
  operator: ['read', 'patients', 'switch'],
  admin: ['admin'],
};

/** What a scope covers beside itself. */
export const IMPLIES: Readonly<Record<Scope, readonly Scope[]>> = {
  metrics: ['metrics'],
  read: ['read'],
  patients: ['patients'],
  switch: ['switch', 'read'],
  admin: ['metrics', 'read', 'patients', 'switch', 'admin'],
};

export function covers(held: readonly Scope[], scope: Scope): boolean {
  return held.some((one) => IMPLIES[one].includes(scope));
}
