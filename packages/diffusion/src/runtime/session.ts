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
  /** Whether weights are laid out for the processor at once, in memory; default: in the fast mode. */
  readonly prepack?: boolean;
  /** Default: the number of physical cores. */
  readonly threads?: number;
  /** Default 'cpu'. */
  readonly device?: string;
};

/** A graph with its weights, ready to run. */
export type Session = {
  /** Runs the graph for one of its outputs. Runs come one after the other, and one that has begun ends. */
  run(feeds: Feeds, output: string): Promise<Tensor>;
  /** The same for several outputs at once, in their order. */
  runAll(feeds: Feeds, outputs: readonly string[]): Promise<readonly Tensor[]>;
  /** Releases the session when the runs asked for before have ended. */
  dispose(): Promise<void>;
};

/** A session whose results may stay where the runtime computes. */
export type KeepingSession = Omit<Session, 'runAll'> & {
  /** Takes results that were kept beside what it is fed. */
  runAll(feeds: Feeds, outputs: readonly string[], kept?: Kept): Promise<readonly Tensor[]>;
  /** Runs the graph and keeps its results, to be taken by other sessions. */
  keep(feeds: Feeds, outputs: readonly string[]): Kept;
};

type Feeds = Readonly<Record<string, Feed>>;

/** Results of a run that were not brought back. */
export type Kept = {
  readonly number: number;
  /** Rejects with `runtime.failed` where the run did. */
  readonly ready: Promise<void>;
  /** Releases them when the runs asked for before have ended. */
  forget(): void;
};

let keptSoFar = 0;

/**
 * Prepares a graph to run with the weights of a file, which is mapped into memory and never copied as a whole.
 * @param file may be undefined for a graph without weights.
 * @throws EngineError `runtime.failed`, also from `run`.
 */
export async function openSession(
  graph: Graph,
  file: WeightFile | undefined,
  options: SessionOptions = {},
): Promise<KeepingSession> {
  const { mode = 'default', prepack = mode === 'fast', threads = physicalCores(), device = 'cpu' } = options;
  // Locations are made here alone and relative to the root of the file system, which turns off the runtime's
  // check that weights lie beside the model: nothing that a file or a user says may become a location.
  const weightsFolder = parse(file?.path ?? process.cwd()).root;
  const model = encodeOnnx(graph, (name) => {
    const stored = file?.tensors.get(name);
    if (file === undefined || stored === undefined) throw new RangeError(`there is no weight ${name}`);
    return { ...stored, location: relative(weightsFolder, stored.path ?? file.path) };
  });
  const settings = { optimise: mode === 'fast', prepack, threads, device, weightsFolder };
  const opened = await perform({ task: 'open', model, settings });
  if (opened === undefined || !('session' in opened)) throw new TypeError('the runtime gave no session');
  const { session } = opened;
  const runAll: KeepingSession['runAll'] = async (feeds, outputs, kept) => {
    await kept?.ready;
    const result = await perform({ task: 'run', session, feeds, outputs, kept: kept?.number });
    if (result === undefined || !('tensors' in result)) throw new TypeError('the runtime gave no tensors');
    return result.tensors;
  };
  return {
    run: async (feeds, output) => (await runAll(feeds, [output]))[0],
    runAll,
    keep: (feeds, outputs) => {
      const number = ++keptSoFar;
      const ready = perform({ task: 'keep', session, feeds, outputs, as: number }).then(() => undefined);
      // Whoever runs with it hears of it.
      ready.catch(() => undefined);
      const forget = (): void => void perform({ task: 'forget', kept: number }).catch(() => undefined);
      return { number, ready, forget };
    },
    dispose: async () => {
      await perform({ task: 'close', session });
    },
  };
}
