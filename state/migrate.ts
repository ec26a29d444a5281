import type { Database } from 'better-sqlite3';

/** The database was made by a newer version than this program. */
export class SchemaTooNew extends Error {
  readonly code = 'SCHEMA_TOO_NEW';
  constructor(name: string, found: number, known: number) {
    super(
      `${name} has schema version ${found}, this program knows ${known}. Start the version that wrote it, or a newer one.`,
    );
  }
}

/**
 * Brings `db` to the newest schema. `migrations[n]` leads from version n to n + 1 and never changes once released;
 * the version is SQLite's own `user_version`. Each migration is one transaction.
 */
export function migrate(db: Database, migrations: readonly string[]): void {
  const found = Number(db.pragma('user_version', { simple: true }));
  if (found > migrations.length) throw new SchemaTooNew(db.name, found, migrations.length);
  for (const [index, sql] of migrations.entries()) {
    if (index < found) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${index + 1}`);
    }).immediate();
  }
}
