/** Brings a database to the form that this version of the program needs. */
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import * as workshop from './migrations/001-workshop.ts';
import * as settings from './migrations/002-settings.ts';
import * as inputs from './migrations/003-inputs.ts';
import * as scripts from './migrations/004-scripts.ts';
import * as tasks from './migrations/005-tasks.ts';
import * as tiles from './migrations/006-tiles.ts';
import * as masks from './migrations/007-masks.ts';
import { schemaName } from './connect.ts';
import type { Schema } from './schema.ts';

const migrations: Readonly<Record<string, Migration>> = {
  '001-workshop': workshop,
  '002-settings': settings,
  '003-inputs': inputs,
  '004-scripts': scripts,
  '005-tasks': tasks,
  '006-tiles': tiles,
  '007-masks': masks,
};

/** Idempotent; each migration runs once, in a transaction. */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  await sql`create schema if not exists ${sql.id(schemaName)}`.execute(db);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableSchema: schemaName,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
