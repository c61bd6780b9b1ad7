import { Worker } from 'node:worker_threads';
import { EngineError } from '../errors.ts';
import type { Request, Response, Result, Task } from './protocol.ts';

/**
 * The thread on which the runtime computes. Onnxruntime's runs block their thread and cannot be interrupted, so a
 * program that draws would neither answer nor hear a signal to cancel for seconds if they ran on its own.
 * One thread serves the whole process: runs use all cores anyway and come one after the other. It keeps the
 * process alive only while it has something to do.
 */
type Thread = {
  readonly worker: Worker;
  readonly waiting: Map<number, PromiseWithResolvers<Result>>;
};

let current: Thread | undefined;
let requests = 0;

/** Starts the runtime's thread ahead of its first task, where there is none; it then starts while files are read. */
export function warmUp(): void {
  current ??= startThread();
}

/**
 * Has the runtime's thread do something; the thread is started when there is none.
 * @throws EngineError `runtime.failed` with what the runtime says.
 */
export function perform(task: Task): Promise<Result> {
  current ??= startThread();
  const { worker, waiting } = current;
  const id = ++requests;
  const answer = Promise.withResolvers<Result>();
  waiting.set(id, answer);
  worker.ref();
  const request: Request = { ...task, id };
  worker.postMessage(request, task.task === 'open' ? [task.model.buffer] : []);
  return answer.promise;
}

function startThread(): Thread {
  // Without the program's own flags: some, such as those of --eval, do not fit a thread.
  const options = { name: 'bottega-runtime', execArgv: [] };
  const worker = new Worker(new URL('./thread-main.ts', import.meta.url), options);
  const waiting: Thread['waiting'] = new Map();
  worker.on('message', (response: Response) => {
    const answer = waiting.get(response.id);
    waiting.delete(response.id);
    if (waiting.size === 0) worker.unref();
    if ('error' in response) answer?.reject(failure(response.error));
    else answer?.resolve(response.result);
  });
  worker.on('error', (error) => end(error.message));
  worker.on('exit', (code) => end(`its thread ended with code ${code}`));
  // After the listeners: one for messages makes Node keep the process alive again.
  worker.unref();
  const end = (reason: string): void => {
    if (current?.worker === worker) current = undefined;
    for (const answer of waiting.values()) answer.reject(failure(reason));
    waiting.clear();
  };
  return { worker, waiting };
}

function failure(reason: string): EngineError {
  return new EngineError('runtime.failed', { reason });
}
