/** The PostgreSQL that comes with the program: its files, its process, its end. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@bottega/contract';
import { Client } from 'pg';
import type { Logger } from '../../log/logger.ts';
import { findBinaries } from './binaries.ts';
import { clearLeftover } from './leftover.ts';
import { findUnprivileged, giveTo, type Unprivileged } from './unprivileged.ts';

export type Cluster = {
  /** For `pg`: a socket's folder, user and database. */
  readonly connection: { readonly host: string; readonly user: string; readonly database: string };
  /** Resolves when it has ended by itself, which it should not. */
  readonly lost: Promise<void>;
  /** Ends it in order; idempotent. */
  stop(): Promise<void>;
};

/** Nobody but this user can reach the socket, so it needs no password; one person's data needs little memory. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  max_connections: '40',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  max_parallel_workers_per_gather: '0',
  io_method: 'sync',
  jit: 'off',
  log_checkpoints: 'off',
  log_min_messages: 'warning',
  log_line_prefix: '',
};

/**
 * Ends PostgreSQL when standard input ends: at our wish, or because this process was killed. PostgreSQL runs
 * in a session of its own, so that Ctrl+C on the terminal reaches it only through us.
 */
const guard =
  'exec 3<&0; "$@" </dev/null 3<&- & pg=$!; { read -r _ <&3; kill -INT $pg; } >/dev/null 2>&1 & exec 3<&-; wait $pg';

/**
 * Makes the cluster on first use and starts it.
 * @param folder The database's folder; its parent exists and belongs to this process alone.
 * @throws AppError `database.failed-to-start`.
 */
export async function startCluster(folder: string, log: Logger): Promise<Cluster> {
  if (process.platform === 'win32') {
    throw failure('it needs a local socket, which Node does not offer on Windows');
  }
  const { initdb, postgres } = findBinaries();
  const user = findUnprivileged(postgres);
  await clearLeftover(folder);
  if (!existsSync(join(folder, 'PG_VERSION'))) makeCluster(initdb, folder, user);
  giveTo(user, folder);
  // Copies and restored backups often lose it, and PostgreSQL insists on it.
  chmodSync(folder, 0o700);
  checkVersion(folder);

  const socket = socketFolder(folder, user);
  const flags = Object.entries({ ...settings, unix_socket_directories: socket });
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      guard,
      'sh',
      ...user.prefix,
      postgres,
      '-D',
      folder,
      ...flags.flatMap(([k, v]) => ['-c', `${k}=${v}`]),
    ],
    { stdio: ['pipe', 'ignore', 'pipe'], detached: true, cwd: '/' },
  );
  const lastLines: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter((line) => line !== '')) {
      log.debug(`database: ${line}`);
      lastLines.push(line);
      if (lastLines.length > 5) lastLines.shift();
    }
  });
  child.stdin.on('error', () => {});
  let running = true;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      running = false;
      child.stdin.end();
      resolve();
    };
    child.on('error', end);
    child.on('exit', end);
  });
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };

  const connection = { host: socket, user: 'bottega', database: 'postgres' };
  while (!(await answers(connection))) {
    if (!running) throw failure(lastLines.join(' ') || 'it ended at once');
    await delay(15);
  }
  return { connection, lost: ended, stop };
}

function failure(reason: string, cause?: unknown): AppError {
  return new AppError(
    'database.failed-to-start',
    { reason, remedy: 'Set DATABASE_URL to a PostgreSQL of your own to do without it.' },
    { cause },
  );
}

/** Made beside its place and renamed, so that an interrupted first start leaves nothing half made. */
function makeCluster(initdb: string, folder: string, user: Unprivileged): void {
  const own = `${folder}.new`;
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { mode: 0o700 });
  giveTo(user, own);
  const [command, ...args] = [
    ...user.prefix,
    initdb,
    `--pgdata=${own}`,
    '--username=bottega',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ];
  const made = spawnSync(command, args, { encoding: 'utf8', cwd: '/' });
  if (made.status !== 0) {
    const reason = (made.error?.message ?? made.stderr).trim();
    rmSync(own, { recursive: true, force: true });
    if (/No space left/.test(reason)) throw new AppError('storage.full', { folder });
    throw failure(reason);
  }
  renameSync(own, folder);
}

function checkVersion(folder: string): void {
  const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  if (version !== '18') {
    throw failure(`${folder} was made by PostgreSQL ${version}, and this program brings version 18`);
  }
}

/**
 * A socket's path may have 107 bytes; where the data folder lies too deep, a folder of its own among the temporary
 * ones serves, always the same, so that killed servers do not leave more and more of them.
 */
function socketFolder(folder: string, user: Unprivileged): string {
  const name = '/.s.PGSQL.5432.lock';
  if (Buffer.byteLength(folder + name) <= 100) return folder;
  const own = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const path = join(tmpdir(), `bottega-${own}`);
  if (Buffer.byteLength(path + name) > 100) throw failure(`the path of ${path} is too long for a socket`);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  giveTo(user, path);
  const { mode, uid } = lstatSync(path);
  if ((mode & 0o077) !== 0 || uid !== (user.uid ?? process.getuid?.())) {
    throw failure(`${path} belongs to somebody else`);
  }
  return path;
}

async function answers(connection: Cluster['connection']): Promise<boolean> {
  const client = new Client(connection);
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
