/** The runtime's thread: keeps the sessions and does what it is asked, one thing after the other. */
import { parentPort } from 'node:worker_threads';
import { InferenceSession, Tensor as RuntimeTensor, listSupportedBackends } from 'onnxruntime-node';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import type { Feed, Request, Response, Result, RuntimeSettings, Task } from './protocol.ts';

const sessions = new Map<number, InferenceSession>();
const keptResults = new Map<number, Readonly<Record<string, RuntimeTensor>>>();
let opened = 0;
let last: Promise<void> = Promise.resolve();

parentPort?.on('message', (request: Request) => {
  last = last.then(async () => parentPort?.postMessage(await answer(request), []));
});

async function answer({ id, ...task }: Request): Promise<Response> {
  try {
    return { id, result: await perform(task) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

async function perform(task: Task): Promise<Result> {
  if (task.task === 'open') {
    requireDevice(task.settings.device);
    const session = await InferenceSession.create(task.model, runtimeOptions(task.settings));
    sessions.set(++opened, session);
    return { session: opened };
  }
  if (task.task === 'forget') {
    keptResults.delete(task.kept);
    return undefined;
  }
  const session = sessions.get(task.session);
  if (session === undefined) throw new Error(`there is no session ${task.session}`);
  if (task.task === 'close') {
    sessions.delete(task.session);
    await session.release();
    return undefined;
  }
  const feeds = Object.entries(task.feeds).map(([name, feed]) => [name, toRuntime(feed)] as const);
  const kept = task.task === 'run' && task.kept !== undefined ? keptResults.get(task.kept) : undefined;
  const results = await session.run({ ...Object.fromEntries(feeds), ...kept }, task.outputs);
  if (task.task === 'keep') {
    keptResults.set(task.as, results);
    return undefined;
  }
  return { tensors: task.outputs.map((output) => fromRuntime(results[output])) };
}

/** The runtime itself would take the processor instead of a device that it does not know, and say nothing. */
function requireDevice(device: string): void {
  const known = listSupportedBackends().map(({ name }) => name);
  if (!known.includes(device)) throw new Error(`it knows no device "${device}", only ${known.join(', ')}`);
}

function runtimeOptions(settings: RuntimeSettings): InferenceSession.SessionOptions {
  const { optimise, prepack, threads, device, weightsFolder } = settings;
  return {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    // It would keep the memory of one evaluation for every size met, beside what the next one takes.
    enableMemPattern: false,
    graphOptimizationLevel: optimise ? 'all' : 'disabled',
    extra: {
      session: {
        disable_prepacking: prepack ? '0' : '1',
        model_external_initializers_file_folder_path: weightsFolder,
      },
    },
  };
}

function toRuntime({ shape, data }: Feed): RuntimeTensor {
  return data instanceof BigInt64Array
    ? new RuntimeTensor('int64', data, shape)
    : new RuntimeTensor('float32', data, shape);
}

function fromRuntime({ data, dims }: RuntimeTensor): Tensor {
  if (!(data instanceof Float32Array)) throw new TypeError('the output is not float32');
  return tensor(dims, data);
}
