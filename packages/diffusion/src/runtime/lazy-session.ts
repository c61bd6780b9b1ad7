import type { Graph } from '@bottega/graph';
import { openSession } from './session.ts';
import type { Session, SessionOptions } from './session.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';

/** A session that is opened when it first runs; of several first runs at once, one opens it. */
export function lazySession(graph: Graph, file: WeightFile, options: SessionOptions): Session {
  let opening: Promise<Session> | undefined;
  let disposed = false;
  const opened = (): Promise<Session> => {
    if (disposed) throw new Error('the model has been disposed of');
    opening ??= openSession(graph, file, options).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    run: async (feeds, output) => await (await opened()).run(feeds, output),
    runAll: async (feeds, outputs) => await (await opened()).runAll(feeds, outputs),
    dispose: async () => {
      disposed = true;
      const session = await opening?.catch(() => undefined);
      opening = undefined;
      await session?.dispose();
    },
  };
}
