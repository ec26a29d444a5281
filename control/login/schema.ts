/** Of `operators.db`. Each entry is released once and never edited; see `migrate`. */
export const LOGIN_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE operator (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    password TEXT NOT NULL,
    created TEXT NOT NULL,
    changed TEXT NOT NULL
  ) STRICT;
  CREATE TABLE session (
    id TEXT PRIMARY KEY,
    operator TEXT NOT NULL REFERENCES operator (name) ON DELETE CASCADE,
    address TEXT,
    created_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE throttle (
    key TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_ms INTEGER NOT NULL
  ) STRICT;
  `,
];
