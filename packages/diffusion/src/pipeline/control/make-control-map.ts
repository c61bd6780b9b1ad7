import { Worker } from 'node:worker_threads';
import { EngineError } from '../../errors.ts';
import type { Size } from '../picture-size.ts';
import type { MapRequest } from './control-map.ts';
import type { MapAnswer, MapTask } from './map-thread.ts';

type Thread = {
  readonly worker: Worker;
  readonly waiting: Map<number, PromiseWithResolvers<Uint8Array>>;
};

let current: Thread | undefined;
let tasks = 0;

/**
 * What `controlMap` gives, as a PNG file. It is made on a thread of its own, since a large picture takes seconds: a
 * program goes on answering meanwhile. Maps are made one after the other.
 * @throws as `controlMap`.
 * @example const png = await makeControlMap({ image, preprocessor: 'canny' });
 */
export function makeControlMap(request: MapRequest, size?: Size): Promise<Uint8Array> {
  current ??= startThread();
  const { worker, waiting } = current;
  const id = ++tasks;
  const answer = Promise.withResolvers<Uint8Array>();
  waiting.set(id, answer);
  worker.ref();
  // Callers may hand over more, such as ControlNets, which no thread can take.
  const { image, resizeMode, preprocessor, resolution, pixelPerfect, thresholdA, thresholdB } = request;
  const settings = { resizeMode, preprocessor, resolution, pixelPerfect, thresholdA, thresholdB };
  const task: MapTask = { id, request: { image, ...settings }, ...(size && { size }) };
  worker.postMessage(task, []);
  return answer.promise;
}

function startThread(): Thread {
  // Without the program's own flags: some, such as those of --eval, do not fit a thread.
  const options = { name: 'bottega-maps', execArgv: [] };
  const worker = new Worker(new URL('./map-thread.ts', import.meta.url), options);
  const waiting: Thread['waiting'] = new Map();
  const end = (reason: Error): void => {
    if (current?.worker === worker) current = undefined;
    for (const answer of waiting.values()) answer.reject(reason);
    waiting.clear();
  };
  worker.on('message', (answer: MapAnswer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
    if ('png' in answer) asked?.resolve(answer.png);
    else asked?.reject(failure(answer.error));
  });
  worker.on('error', end);
  worker.on('exit', (code) => end(new Error(`the thread that makes maps ended with code ${code}`)));
  // After the listeners: one for messages makes Node keep the process alive again.
  worker.unref();
  return { worker, waiting };
}

function failure({ message, code, details }: Extract<MapAnswer, { error: unknown }>['error']): Error {
  return code === undefined ? new Error(message) : new EngineError(code, details);
}
