import { parse, relative } from 'node:path';
import { encodeOnnx } from '@bottega/graph';
import type { Graph } from '@bottega/graph';
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import type { SpeedMode } from '../api.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import { EngineError } from '../errors.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { physicalCores } from './threads.ts';

export type SessionOptions = {
  /** Default 'default'. */
  readonly mode?: SpeedMode;
  /** Default: the number of physical cores. */
  readonly threads?: number;
  /** Default 'cpu'. */
  readonly device?: string;
};

/** What a session takes: float32 tensors, or token ids. */
export type Feed = Tensor | { readonly shape: readonly number[]; readonly data: BigInt64Array };

/** A graph with its weights, ready to run. */
export type Session = {
  /**
   * Runs the graph for one of its outputs. The runtime computes on the calling thread and cannot be interrupted:
   * timers, and signals to cancel, wait until it returns.
   */
  run(feeds: Readonly<Record<string, Feed>>, output: string): Promise<Tensor>;
  dispose(): Promise<void>;
};

/**
 * Prepares a graph to run with the weights of a file, which is mapped into memory and never copied as a whole.
 * @param file may be undefined for a graph without weights.
 * @throws EngineError `runtime.failed`, also from `run`.
 */
export async function openSession(
  graph: Graph,
  file: WeightFile | undefined,
  options: SessionOptions = {},
): Promise<Session> {
  // Locations are made here alone and relative to the root of the file system, which turns off the runtime's
  // check that weights lie beside the model: nothing that a file or a user says may become a location.
  const root = parse(file?.path ?? process.cwd()).root;
  const model = encodeOnnx(graph, (name) => {
    const stored = file?.tensors.get(name);
    if (file === undefined || stored === undefined) throw new RangeError(`there is no weight ${name}`);
    return { location: relative(root, file.path), ...stored };
  });
  const session = await attempt(() => InferenceSession.create(model, runtimeOptions(root, options)));
  return {
    run: (feeds, output) =>
      attempt(async () => {
        const results = await session.run(
          Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, toRuntime(feed)])),
          [output],
        );
        return fromRuntime(results[output]);
      }),
    dispose: () => attempt(() => session.release()),
  };
}

function runtimeOptions(root: string, options: SessionOptions): InferenceSession.SessionOptions {
  const { mode = 'default', threads = physicalCores(), device = 'cpu' } = options;
  return {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    ...modes[mode],
    extra: {
      session: { ...modes[mode].extra.session, model_external_initializers_file_folder_path: root },
    },
  };
}

/**
 * By default the runtime takes the graph as it is and reads weights where they are: it is ready at once, and only
 * one layer's weights are in float32 at a time. The fast mode lets it fold, fuse and repack everything first.
 */
const modes = {
  default: { graphOptimizationLevel: 'disabled', extra: { session: { disable_prepacking: '1' } } },
  fast: { graphOptimizationLevel: 'all', extra: { session: {} } },
} as const;

function toRuntime({ shape, data }: Feed): RuntimeTensor {
  return data instanceof BigInt64Array
    ? new RuntimeTensor('int64', data, shape)
    : new RuntimeTensor('float32', data, shape);
}

function fromRuntime({ data, dims }: RuntimeTensor): Tensor {
  if (!(data instanceof Float32Array)) throw new TypeError('the output is not float32');
  return tensor(dims, data);
}

async function attempt<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError('runtime.failed', { reason }, { cause: error });
  }
}
