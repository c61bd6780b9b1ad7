/** Real servers for tests: a fresh data folder, a free port, a database of their own. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { type Client, createClient } from '@bottega/contract';
import { type Config, createLogger, readConfig, type RunningServer, startServer } from '@bottega/server';
import { fakeEngineModule } from './fake-engine-module.ts';
import { writeTinyCheckpoint } from './tiny-checkpoint.ts';

export type TestServerOptions = {
  /** 'fake' (default) draws colours at once (see `fake-engine.ts`); 'real' is the engine itself. */
  readonly engine?: 'fake' | 'real';
  /** Variables over the test's own: a free port, a temporary folder, no log. */
  readonly env?: Readonly<Record<string, string>>;
  /** A data folder to go on with; default a fresh one with the tiny model `tiny`. */
  readonly dataFolder?: string;
  /** Whether the page is served; default false. */
  readonly page?: boolean;
};

export type TestServer = RunningServer &
  AsyncDisposable & {
    readonly client: Client;
    readonly config: Config;
  };

/**
 * Starts a whole server in this process, with its database and its worker; dispose of it at the end.
 * @example await using server = await startTestServer(); await server.client.createGeneration({ prompt: 'x' });
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataFolder = options.dataFolder ?? (await freshDataFolder());
  const config = readConfig({
    PORT: '0',
    BOTTEGA_DATA: dataFolder,
    BOTTEGA_LOG_LEVEL: 'error',
    ...options.env,
  });
  const server = await start(config, options);
  const stop = async (): Promise<void> => {
    await server.stop();
    if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
  };
  return { ...server, stop, client: createClient(server.url), config, [Symbol.asyncDispose]: stop };
}

function start(config: Config, { engine = 'fake', page = false }: TestServerOptions): Promise<RunningServer> {
  return startServer(config, {
    page,
    log: createLogger({ level: config.logLevel, format: config.logFormat }),
    ...(engine === 'fake' && { engineModule: fakeEngineModule }),
  });
}

/** A temporary data folder with a new database and the model `tiny`; the caller removes it. */
export async function freshDataFolder(): Promise<string> {
  const folder = join(realpathSync(mkdtempSync(join(tmpdir(), 'bottega-test-'))), 'data');
  mkdirSync(join(folder, 'models'), { recursive: true });
  cpSync(await templateFolder(), join(folder, 'database'), { recursive: true, preserveTimestamps: true });
  writeTinyCheckpoint(join(folder, 'models/tiny.safetensors'));
  return folder;
}

/**
 * Making a cluster takes a second, copying one a tenth: the first test on this machine makes one that the others
 * copy. Its name changes with whatever it depends on.
 */
async function templateFolder(): Promise<string> {
  const template = join(tmpdir(), `bottega-test-database-${templateKey()}`);
  if (existsSync(template)) return template;
  const own = mkdtempSync(`${template}.`);
  const server = await start(readConfig({ PORT: '0', BOTTEGA_DATA: own, BOTTEGA_LOG_LEVEL: 'error' }), {});
  await server.stop();
  try {
    renameSync(join(own, 'database'), template);
  } catch (error) {
    // Another test was quicker.
    if (!existsSync(template)) throw error;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
  return template;
}

function templateKey(): string {
  const require = createRequire(import.meta.url);
  const server = dirname(require.resolve('@bottega/server'));
  const sources = [
    'db/embedded/cluster.ts',
    'db/migrate.ts',
    'db/migrations/001-workshop.ts',
    'queue/queue.ts',
  ];
  const key = createHash('sha256').update(String(userInfo().uid));
  for (const source of sources) key.update(readFileSync(join(server, source)));
  return key.digest('hex').slice(0, 12);
}
