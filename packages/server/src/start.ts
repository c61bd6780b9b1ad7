/** Starts and stops the whole program. */
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { createAdapters } from './adapters/adapters.ts';
import { createApp } from './app.ts';
import type { Config } from './config/config.ts';
import { createVaes } from './models/vaes.ts';
import { createControlNets } from './control-nets/control-nets.ts';
import { takeDataFolder } from './config/data-folder.ts';
import { dataPaths } from './config/data-paths.ts';
import { openDatabase } from './db/open-database.ts';
import { type Message, listen } from './events/channel.ts';
import { createEventHub } from './events/hub.ts';
import { createGallery } from './gallery/gallery.ts';
import { listenOn } from './listen.ts';
import { createLogger, type Logger } from './log/logger.ts';
import { openMediaStore, sweepParts } from './media/media-store.ts';
import { openThumbnails } from './media/thumbnails.ts';
import { createUploads } from './media/uploads.ts';
import { choices } from './models/choices.ts';
import { createFileHashes } from './models/file-hashes.ts';
import { createModels } from './models/models.ts';
import { loadPage, mountPage } from './page/page.ts';
import { openQueue } from './queue/queue.ts';
import type { Services } from './services.ts';
import { createSettingsStore } from './settings/settings-store.ts';
import { createStatus } from './status.ts';
import { readStyles } from './styles/styles.ts';
import { createGenerationReader } from './studio/generation-reader.ts';
import { createProgressBoard } from './studio/progress.ts';
import { recoverFromLostWorker, recoverFromRestart } from './studio/recovery.ts';
import { createRelay } from './studio/relay.ts';
import { createStudio } from './studio/studio.ts';
import { createTaskReader } from './tasks/task-reader.ts';
import { createTaskRelay, isTaskMessage } from './tasks/relay.ts';
import { createTasks } from './tasks/tasks.ts';
import { createUpscalers } from './upscalers/upscalers.ts';
import { programVersion, version } from './version.ts';
import { readWildcards } from './wildcards/read-wildcards.ts';
import { superviseWorker } from './worker/supervisor.ts';

export type StartOptions = {
  readonly log?: Logger;
  /** Whether the page is built and served; default true. */
  readonly page?: boolean;
  /** A module that exports `engine: Engine` for the worker; default the real one. */
  readonly engineModule?: string;
};

export type RunningServer = {
  /** Where it answers, e.g. `http://127.0.0.1:7860`. */
  readonly url: string;
  readonly services: Services;
  /** Resolves if the program cannot go on: its database has ended. */
  readonly failed: Promise<void>;
  /** Puts the running job back and ends everything, within 5 seconds; idempotent. */
  stop(): Promise<void>;
};

const workerPatienceMs = 2500;

/**
 * Starts everything and resolves when requests are answered; the worker may take a moment longer.
 * @throws AppError that says what to do: `storage.*`, `port.taken`, `database.*`.
 * @example const server = await startServer(readConfig(process.env)); console.log(server.url);
 */
export async function startServer(config: Config, options: StartOptions = {}): Promise<RunningServer> {
  const log = options.log ?? createLogger({ level: config.logLevel, format: config.logFormat });
  const closing: (() => unknown)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= closeAll(closing, log));
  try {
    return { ...(await startParts(config, options, log, (step) => closing.push(step))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Last opened, first closed. */
async function closeAll(steps: readonly (() => unknown)[], log: Logger): Promise<void> {
  for (const step of steps.toReversed()) {
    try {
      await step();
    } catch (error) {
      log.warn('something did not close in order', { error });
    }
  }
}

async function startParts(
  config: Config,
  options: StartOptions,
  log: Logger,
  onClose: (step: () => unknown) => void,
): Promise<Omit<RunningServer, 'stop'>> {
  const folder = takeDataFolder(config.dataFolder);
  onClose(folder.release);
  const listener = await listenOn(config.host, config.port);
  onClose(listener.close);

  const paths = dataPaths(config.dataFolder);
  const loadingPage = options.page === false ? undefined : startLoadingPage(listener.url, log);
  const { db, pool, connection, lost, close } = await openDatabase(config, log);
  onClose(close);
  const jobs = await openQueue(pool, 'server', log);
  onClose(jobs.stop);
  await recoverFromRestart(db, jobs);

  const hub = createEventHub();
  await sweepParts(paths.media);
  const media = openMediaStore(paths.media);
  const thumbnails = openThumbnails(paths.thumbnails, media);
  const models = createModels(
    config.modelFolders,
    createFileHashes(db),
    () => hub.publish({ type: 'models' }),
    log,
  );
  onClose(models.stop);
  await models.refresh();

  const board = createProgressBoard();
  const reader = createGenerationReader(db, board);
  const relay = createRelay(reader, board, hub, log);
  onClose(relay.stop);
  const fractions = new Map<string, number>();
  const taskReader = createTaskReader(db, fractions);
  const hearTask = createTaskRelay(taskReader, fractions, hub, models.refresh, log);
  const hearing = await listen(
    connection,
    'bottega events',
    'bottega_events',
    (message: Message) => (isTaskMessage(message) ? hearTask(message) : relay.hear(message)),
    () => hub.publish({ type: 'hello', version }),
  );
  onClose(hearing.close);

  const worker = superviseWorker(
    {
      version: programVersion,
      connection,
      mediaFolder: paths.media,
      scratchFolder: paths.scratch,
      int8Folder: paths.int8,
      modelFolders: config.modelFolders,
      modelMemory: config.modelMemory,
      mode: config.mode,
      threads: config.threads,
      device: config.device,
      idleUnloadMinutes: config.idleUnloadMinutes,
      engineModule: options.engineModule ?? join(import.meta.dirname, 'worker/engine.ts'),
      log: { level: config.logLevel, format: config.logFormat },
    },
    () => recoverFromLostWorker(db, jobs),
    log,
  );
  onClose(async () => {
    await worker.stop(workerPatienceMs);
    // What a worker that had to be killed was drawing.
    await recoverFromRestart(db, jobs);
  });

  const gallery = createGallery(db, { media, thumbnails });
  const controlNets = createControlNets(config.modelFolders);
  const upscalers = createUpscalers(config.modelFolders);
  const vaes = createVaes(config.modelFolders);
  const studio = createStudio({
    db,
    jobs,
    reader,
    models,
    controlNets,
    vaes,
    choices,
    hub,
    media,
    thumbnails,
    styles: () => readStyles(paths.styles),
    wildcards: (text) => readWildcards(paths.wildcards, text),
    upscalers,
    queueLimit: config.queueLimit,
  });
  const tasks = createTasks({
    db,
    jobs,
    reader: taskReader,
    hub,
    media,
    thumbnails,
    queueLimit: config.queueLimit,
  });
  const status = createStatus(db, gallery, worker, version);
  const services: Services = {
    version,
    config,
    log,
    studio,
    gallery,
    models,
    controlNets,
    vaes,
    adapters: createAdapters(config.modelFolders),
    choices,
    tasks,
    upscalers,
    media,
    thumbnails,
    uploads: createUploads(db, { media, thumbnails }),
    settings: createSettingsStore(db),
    events: hub,
    status,
    unloadModels: worker.unload,
  };
  const page = await loadingPage;
  const app = createApp(services, page && ((app: Hono) => mountPage(app, page)));
  listener.answerWith(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  return { url: listener.url, services, failed: lost };
}

/** The page renders on the server and asks the API at this address. */
function startLoadingPage(url: string, log: Logger) {
  process.env.BOTTEGA_INTERNAL_URL = url;
  const loading = loadPage(log);
  // Awaited later; a failure before then is not unhandled.
  loading.catch(() => {});
  return loading;
}
