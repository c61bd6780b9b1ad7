/** The database, from nothing to migrated: the one that comes with the program, or one's own. */
import { AppError } from '@bottega/contract';
import type pg from 'pg';
import type { Config } from '../config/config.ts';
import { dataPaths } from '../config/data-paths.ts';
import type { Logger } from '../log/logger.ts';
import { connect, type Connection, createClient, type Db } from './connect.ts';
import { startCluster } from './embedded/cluster.ts';
import { migrate } from './migrate.ts';

export type Database = {
  readonly db: Db;
  readonly pool: pg.Pool;
  readonly connection: Connection;
  /** Resolves if it ends by itself. */
  readonly lost: Promise<void>;
  close(): Promise<void>;
};

/** @throws AppError `database.failed-to-start`, `database.unreachable`, `storage.in-use`, `storage.full`. */
export async function openDatabase(config: Config, log: Logger): Promise<Database> {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step().catch(() => {});
  };
  try {
    let connection: Connection;
    let lost = new Promise<void>(() => {});
    if (config.databaseUrl === undefined) {
      const cluster = await startCluster(dataPaths(config.dataFolder).database, log);
      closing.push(cluster.stop);
      ({ connection, lost } = cluster);
    } else {
      connection = { connectionString: config.databaseUrl };
      const lock = await lockDatabase(connection);
      closing.push(() => lock.end());
    }
    const { db, pool } = connect(connection, 'bottega server', 6);
    closing.push(() => db.destroy());
    await migrate(db);
    return { db, pool, connection, lost, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One server for one database: its own data folder is locked already, but a URL can be given to two. */
async function lockDatabase(connection: Connection): Promise<pg.Client> {
  const client = createClient(connection, `bottega server ${process.pid}`);
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    throw new AppError('database.unreachable', { reason: (cause as Error).message }, { cause });
  }
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock(1651471457) as taken');
  if (rows[0].taken) return client;
  await client.end();
  throw new AppError('storage.in-use', { pid: 'elsewhere', folder: 'the database of DATABASE_URL' });
}
