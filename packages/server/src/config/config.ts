/** The program's configuration: read once from the environment, validated, never read again. */
import { totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from '@bottega/contract';
import { z } from 'zod';
import { settings } from './settings.ts';

export type Config = {
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly dataFolder: string;
  /** Where the database is one's own. */
  readonly databaseUrl?: string;
  /** Absolute, in order of precedence; the first is where people put models. They need not exist. */
  readonly modelFolders: readonly string[];
  /** Origins (scheme, host, port) other than the server's own. */
  readonly allowedOrigins: readonly string[];
  /** User names to passwords of A1111's API; none asks for none. */
  readonly apiCredentials: ReadonlyMap<string, string>;
  /** Those of them who may interrupt everybody's jobs. */
  readonly apiAdministrators: ReadonlySet<string>;
  /** Whether A1111's API may stop the program. */
  readonly apiServerStop: boolean;
  readonly threads?: number;
  /** Bytes of models that may stay loaded. */
  readonly modelMemory: number;
  readonly mode: 'default' | 'fast' | 'int8';
  readonly device: string;
  readonly queueLimit: number;
  /** 0 never unloads. */
  readonly idleUnloadMinutes: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'pretty' | 'json';
};

const environment = z.object({
  HOST: settings.HOST.schema,
  PORT: settings.PORT.schema,
  BOTTEGA_DATA: settings.BOTTEGA_DATA.schema,
  DATABASE_URL: settings.DATABASE_URL.schema,
  BOTTEGA_MODELS: settings.BOTTEGA_MODELS.schema,
  BOTTEGA_ALLOWED_ORIGINS: settings.BOTTEGA_ALLOWED_ORIGINS.schema,
  BOTTEGA_API_AUTH: settings.BOTTEGA_API_AUTH.schema,
  BOTTEGA_API_ADMINS: settings.BOTTEGA_API_ADMINS.schema,
  BOTTEGA_API_SERVER_STOP: settings.BOTTEGA_API_SERVER_STOP.schema,
  BOTTEGA_MODEL_MEMORY: settings.BOTTEGA_MODEL_MEMORY.schema,
  BOTTEGA_THREADS: settings.BOTTEGA_THREADS.schema,
  BOTTEGA_SPEED: settings.BOTTEGA_SPEED.schema,
  BOTTEGA_DEVICE: settings.BOTTEGA_DEVICE.schema,
  BOTTEGA_QUEUE_LIMIT: settings.BOTTEGA_QUEUE_LIMIT.schema,
  BOTTEGA_IDLE_MINUTES: settings.BOTTEGA_IDLE_MINUTES.schema,
  BOTTEGA_LOG_LEVEL: settings.BOTTEGA_LOG_LEVEL.schema,
  BOTTEGA_LOG_FORMAT: settings.BOTTEGA_LOG_FORMAT.schema,
});

const shipped = join(import.meta.dirname, '../../../../models');
const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/**
 * @param env Variables as strings; empty ones count as unset.
 * @param cwd What relative folders are relative to.
 * @throws AppError `config.invalid` naming the variable, `config.no-accounts` for an address beyond loopback.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string = process.cwd(),
): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AppError('config.invalid', { field: String(issue.path[0]), reason: issue.message });
  }
  const values = parsed.data;
  if (!loopback.test(values.HOST)) throw new AppError('config.no-accounts', { host: values.HOST });
  const dataFolder = resolve(cwd, values.BOTTEGA_DATA);
  const apiCredentials = new Map(values.BOTTEGA_API_AUTH.map(splitPair));
  const stranger = values.BOTTEGA_API_ADMINS.find((name) => !apiCredentials.has(name));
  if (stranger !== undefined) {
    const reason = `${stranger} has no password in BOTTEGA_API_AUTH`;
    throw new AppError('config.invalid', { field: 'BOTTEGA_API_ADMINS', reason });
  }
  return {
    host: values.HOST,
    port: values.PORT,
    dataFolder,
    databaseUrl: values.DATABASE_URL,
    modelFolders: [
      join(dataFolder, 'models'),
      ...(values.BOTTEGA_MODELS === undefined ? [] : [resolve(cwd, values.BOTTEGA_MODELS)]),
      shipped,
    ],
    allowedOrigins: values.BOTTEGA_ALLOWED_ORIGINS.map((origin) => new URL(origin).origin),
    apiCredentials,
    apiAdministrators: new Set(values.BOTTEGA_API_ADMINS),
    apiServerStop: values.BOTTEGA_API_SERVER_STOP === '1',
    threads: values.BOTTEGA_THREADS,
    modelMemory:
      values.BOTTEGA_MODEL_MEMORY === undefined ? ownMemory() / 2 : values.BOTTEGA_MODEL_MEMORY * 1e9,
    mode: values.BOTTEGA_SPEED,
    device: values.BOTTEGA_DEVICE,
    queueLimit: values.BOTTEGA_QUEUE_LIMIT,
    idleUnloadMinutes: values.BOTTEGA_IDLE_MINUTES,
    logLevel: values.BOTTEGA_LOG_LEVEL,
    logFormat: values.BOTTEGA_LOG_FORMAT,
  };
}

/** "user:password"; the password may contain colons. */
function splitPair(pair: string): [user: string, password: string] {
  const colon = pair.indexOf(':');
  return [pair.slice(0, colon), pair.slice(colon + 1)];
}

/** A container's share of the machine's memory, where it has one. */
function ownMemory(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Infinity);
}
