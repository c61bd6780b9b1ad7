/** Connections to the database, for queries and for notifications. */
import { Kysely, PostgresDialect } from 'kysely';
import { Client, type ClientConfig, Pool, types } from 'pg';
import { PreparingClient } from './preparing-client.ts';
import type { Schema } from './schema.ts';

/** Where the database is: a URL, or the folder of a socket. */
export type Connection =
  | { readonly connectionString: string }
  | { readonly host: string; readonly user: string; readonly database: string };

export type Db = Kysely<Schema>;

/** Everything of ours lives in a schema of its own, so that a shared database stays tidy. */
export const schemaName = 'bottega';

/** bigint columns hold counts and seeds below 2^53. */
const int8 = 20;

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === int8 ? Number : types.getTypeParser(oid, format as 'text');
}

/** @param name Shown in `pg_stat_activity`. */
function clientOptions(connection: Connection, name: string): ClientConfig {
  return {
    ...connection,
    application_name: name,
    options: `-c search_path=${schemaName}`,
    types: { getTypeParser: getTypeParser as typeof types.getTypeParser },
    connectionTimeoutMillis: 10_000,
  };
}

/** A pool of at most `max` connections, and Kysely on it; `db.destroy()` ends both. */
export function connect(
  connection: Connection,
  name: string,
  max: number,
): { readonly db: Db; readonly pool: Pool } {
  const options = { ...clientOptions(connection, name), max, idleTimeoutMillis: 10_000 };
  const pool = new Pool({ ...options, Client: PreparingClient });
  // An idle connection that breaks is replaced by the pool; unheard, its error would end the process.
  pool.on('error', () => {});
  return { pool, db: new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }) };
}

/** One connection outside any pool, not yet opened. */
export function createClient(connection: Connection, name: string): Client {
  return new Client(clientOptions(connection, name));
}
