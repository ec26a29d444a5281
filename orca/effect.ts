/** What a WebORCA call does to the environment that answers it; decides fencing, retries, journal and pins. */
export const EFFECTS = ['read', 'write', 'print', 'session'] as const;
export type Effect = (typeof EFFECTS)[number];
