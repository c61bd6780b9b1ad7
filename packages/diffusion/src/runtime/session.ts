import { parse, relative } from 'node:path';
import { encodeOnnx } from '@bottega/graph';
import type { Graph } from '@bottega/graph';
import type { SpeedMode } from '../api.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import type { Tensor } from '../tensor.ts';
import type { Feed } from './protocol.ts';
import { perform } from './thread.ts';
import { physicalCores } from './threads.ts';

export type SessionOptions = {
  /**
   * By default the runtime takes the graph as it is and reads weights where they are: it is ready at once, and
   * only one layer's weights are in float32 at a time. The fast mode lets it fold, fuse and repack all of them.
   */
  readonly mode?: SpeedMode;
  /** Default: the number of physical cores. */
  readonly threads?: number;
  /** Default 'cpu'. */
  readonly device?: string;
};

/** A graph with its weights, ready to run. */
export type Session = {
  /** Runs the graph for one of its outputs. Runs come one after the other, and one that has begun ends. */
  run(feeds: Readonly<Record<string, Feed>>, output: string): Promise<Tensor>;
  /** The same for several outputs at once, in their order. */
  runAll(feeds: Readonly<Record<string, Feed>>, outputs: readonly string[]): Promise<readonly Tensor[]>;
  /** Releases the session when the runs asked for before have ended. */
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
  const { mode = 'default', threads = physicalCores(), device = 'cpu' } = options;
  // Locations are made here alone and relative to the root of the file system, which turns off the runtime's
  // check that weights lie beside the model: nothing that a file or a user says may become a location.
  const weightsFolder = parse(file?.path ?? process.cwd()).root;
  const model = encodeOnnx(graph, (name) => {
    const stored = file?.tensors.get(name);
    if (file === undefined || stored === undefined) throw new RangeError(`there is no weight ${name}`);
    return { ...stored, location: relative(weightsFolder, stored.path ?? file.path) };
  });
  const settings = { optimise: mode === 'fast', threads, device, weightsFolder };
  const opened = await perform({ task: 'open', model, settings });
  if (opened === undefined || !('session' in opened)) throw new TypeError('the runtime gave no session');
  const { session } = opened;
  const runAll: Session['runAll'] = async (feeds, outputs) => {
    const result = await perform({ task: 'run', session, feeds, outputs });
    if (result === undefined || !('tensors' in result)) throw new TypeError('the runtime gave no tensors');
    return result.tensors;
  };
  return {
    run: async (feeds, output) => (await runAll(feeds, [output]))[0],
    runAll,
    dispose: async () => {
      await perform({ task: 'close', session });
    },
  };
}
