/** Keeps one worker process alive, and deals with what a dead one was drawing. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Logger } from '../log/logger.ts';
import type { FromWorker, ToWorker, WorkerConfig } from './protocol.ts';

export type Supervisor = {
  /** `lost` between a death and the next start. */
  state(): 'starting' | 'ready' | 'lost';
  /** Frees the memory of loaded models once nothing is drawn; the next job loads what it needs. */
  unload(): void;
  /** Asks it to end; after `patienceMs` it is killed. */
  stop(patienceMs: number): Promise<void>;
};

const main = join(import.meta.dirname, 'main.ts');
const slowestRestartMs = 30_000;

/**
 * @param onLost Called after each death, before the next start: jobs that ran are retried or given up.
 */
export function superviseWorker(config: WorkerConfig, onLost: () => Promise<void>, log: Logger): Supervisor {
  let state: 'starting' | 'ready' | 'lost' = 'starting';
  let stopping = false;
  let child: ChildProcess | undefined;
  let exited: Promise<void> = Promise.resolve();
  let restartMs = 0;
  let timer: NodeJS.Timeout | undefined;

  function start(): void {
    state = 'starting';
    const own = fork(main, [], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
    });
    child = own;
    exited = new Promise((resolve) => {
      let hasEnded = false;
      const end = (code: number | null, reason: string): void => {
        resolve();
        if (stopping || hasEnded) return;
        hasEnded = true;
        // A worker that has rested long enough ends by itself.
        if (code === 0) start();
        else void recover(reason);
      };
      own.on('error', ({ message }) => end(null, message));
      own.on('exit', (code, signal) => end(code, signal ?? `exit code ${code}`));
    });
    own.on('message', (message: FromWorker) => {
      if (message.type !== 'ready') return;
      state = 'ready';
      restartMs = 0;
      log.debug('the worker is ready');
    });
    tell(own, { type: 'start', config });
  }

  /** The first restart is immediate; a worker that dies before it is ready is started ever more seldom. */
  async function recover(reason: string): Promise<void> {
    const wasReady = state === 'ready';
    state = 'lost';
    log.warn('the worker died and is started again', { reason });
    await onLost().catch((error: unknown) => log.error('lost jobs could not be put back', { error }));
    if (stopping) return;
    restartMs = wasReady ? 0 : Math.min(slowestRestartMs, restartMs * 2 + 500);
    timer = setTimeout(start, restartMs);
  }

  start();
  return {
    state: () => state,
    unload: () => {
      if (child !== undefined) tell(child, { type: 'unload' });
    },
    stop: async (patienceMs) => {
      stopping = true;
      clearTimeout(timer);
      const impatience = setTimeout(() => child?.kill('SIGKILL'), patienceMs);
      if (child !== undefined) tell(child, { type: 'stop' });
      await exited;
      clearTimeout(impatience);
    },
  };
}

/** A worker that is gone already cannot be told anything; its exit is handled elsewhere. */
function tell(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message, () => {});
}
