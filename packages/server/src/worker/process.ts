/** The worker process: draws what is queued. The server starts it, configures it by message, and outlives it. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '../db/connect.ts';
import { createLogger } from '../log/logger.ts';
import { openMediaStore } from '../media/media-store.ts';
import { scanModels } from '../models/scan.ts';
import { createVaes } from '../models/vaes.ts';
import { type Job, openQueue } from '../queue/queue.ts';
import { createAdapterSlot } from './adapter-slot.ts';
import { createBackoff } from './backoff.ts';
import { createControlSlot, installedControlNets } from './controls.ts';
import { draw } from './draw.ts';
import { runTask } from './tasks/run-task.ts';
import { createTaskStore } from './tasks/task-store.ts';
import { createIdleTimer } from './idle-timer.ts';
import { createJobStore } from './job-store.ts';
import { lazyEngine } from './lazy-engine.ts';
import { createModelSlot } from './model-slot.ts';
import { createOtherFiles, rememberedHashes } from './other-files.ts';
import type { FromWorker, ToWorker, WorkerConfig } from './protocol.ts';
import { startWorkLoop, type WorkLoop } from './work-loop.ts';

// Ctrl+C reaches every process of the terminal; the server decides what it means for the running job.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// A worker without its server would draw for nobody.
process.on('disconnect', () => process.exit(1));

// What nobody waited for may have left anything half done. The server starts a new worker, and the job begins anew.
let log = createLogger({ level: 'info', format: 'pretty' });
process.on('uncaughtException', (error) => {
  log.error('the worker failed where nobody waited for it', { error });
  process.exit(1);
});

let loop: WorkLoop | undefined;
let unload = (): void => {};
process.on('message', (message: ToWorker) => {
  if (message.type === 'start') void start(message.config);
  else if (message.type === 'unload') unload();
  else void stop();
});

async function start(config: WorkerConfig): Promise<void> {
  const { connection, version, mediaFolder, mode, threads, device } = config;
  log = createLogger(config.log);
  const engine = lazyEngine(config.engineModule);
  const { db, pool } = connect(connection, 'bottega worker', 3);
  const queue = await openQueue(pool, 'worker', log);
  const media = openMediaStore(mediaFolder);
  const jobs = createJobStore(db, queue, media);
  const scratchFolder = await emptied(config.scratchFolder);
  const previewFolders = config.modelFolders.flatMap((folder) =>
    ['VAE-approx', 'VAE-taesd'].map((name) => join(folder, name)),
  );
  const { int8Folder, modelMemory } = config;
  const loading = { mode, threads, device, scratchFolder, int8Folder, previewFolders };
  const slot = createModelSlot(engine, loading, modelMemory);
  const controls = createControlSlot(engine, installedControlNets(config.modelFolders), {
    mode,
    threads,
    device,
  });
  // Ending is the surest way to give memory back; the server starts a new, small worker.
  const timer = createIdleTimer(config.idleUnloadMinutes, () => void stop());
  unload = timer.hurry;
  const parts = {
    db,
    jobs,
    engine,
    slot,
    files: createOtherFiles({
      vaes: createVaes(config.modelFolders),
      models: () => scanModels(config.modelFolders),
      hashOf: rememberedHashes(db),
    }),
    controls,
    adapters: createAdapterSlot(config.modelFolders),
    version,
    media,
    mediaFolder,
    modelFolders: config.modelFolders,
    storageRest: createBackoff(60),
    settings: { mode, threads, device, modelFolders: config.modelFolders },
    log,
  };
  const store = createTaskStore(db, queue, media);
  const settings = { mode, threads, device };
  const taskParts = { ...parts, store, settings, modelFolders: config.modelFolders };
  const doOne = async ({ id, kind }: Job, signal: AbortSignal): Promise<void> => {
    timer.busy();
    await (kind === 'task' ? runTask(id, taskParts, signal) : draw(id, parts, signal));
  };
  loop = await startWorkLoop(connection, queue, doOne, timer.idle, log);
  process.send?.({ type: 'ready' } satisfies FromWorker);
}

/** What the worker before has left, as it ends without tidying up. */
async function emptied(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

async function stop(): Promise<void> {
  await loop?.stop();
  process.exit(0);
}
