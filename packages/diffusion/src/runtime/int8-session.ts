import { readFileSync } from 'node:fs';
import type { Graph } from '@bottega/graph';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import { int8Graph, watchingGraph } from '../int8/graphs.ts';
import type { Spans } from '../int8/graphs.ts';
import { layersOf } from '../int8/layers.ts';
import type { IntegerPlan } from '../int8/plan.ts';
import { spanCollector } from '../int8/spans.ts';
import { int8Store } from '../int8/store.ts';
import { openRemembering } from './remembering-session.ts';
import type { Session, SessionOptions } from './session.ts';

export type Int8Options = SessionOptions & {
  /** Where quantised weights are kept; default: a folder in the system's for temporary files. */
  readonly int8Folder?: string;
  /** Whether adapters act: what is seen then is not the checkpoint's own, and is not kept. Default false. */
  readonly isAdapted?: boolean;
};

/**
 * A session that computes convolutions and linear layers with 8-bit integers, but for the first runs of a
 * checkpoint: these are in floats and show how large results become. Both are kept for the next time.
 * @throws EngineError `runtime.failed`, `int8.no-room`, also from `run`.
 */
export async function openInt8(
  graph: Graph,
  file: WeightFile,
  steady: readonly string[],
  plan: IntegerPlan,
  options: Int8Options = {},
): Promise<Session> {
  const layers = layersOf(graph, plan);
  const store = int8Store(file, layers, largestInteger(), options.int8Folder);
  const watching = watchingGraph(graph, plan);
  const collector = spanCollector(watching.convolutions);
  const openQuantised = async (spans: Spans): Promise<Session> => {
    const tensors = new Map([...file.tensors, ...(await store.weights())]);
    // Integers would otherwise be laid out anew at every run, which takes longer than multiplying them.
    const packed = { ...options, prepack: true };
    return await openRemembering(int8Graph(graph, plan, spans), { ...file, tensors }, steady, packed);
  };

  const known = await store.spans();
  let watched = 0;
  let session = known
    ? await openQuantised(known)
    : await openRemembering(watching.graph, file, steady, options);
  let isQuantised = known !== undefined;
  // One run after the other, so that the sessions change places between two of them.
  let last: Promise<unknown> = Promise.resolve();

  const runNext: Session['runAll'] = async (feeds, outputs) => {
    if (isQuantised) return await session.runAll(feeds, outputs);
    const results = await session.runAll(feeds, [...outputs, 'seen']);
    collector.see(results[outputs.length].data);
    if (++watched >= plan.watchedRuns) {
      const floats = session;
      session = await openQuantised(collector.spans());
      if (options.isAdapted !== true) await store.saveSpans(collector.spans());
      isQuantised = true;
      await floats.dispose();
    }
    return results.slice(0, outputs.length);
  };
  const runAll: Session['runAll'] = (feeds, outputs) => {
    const next = last.catch(() => undefined).then(() => runNext(feeds, outputs));
    last = next;
    return next;
  };
  return {
    run: async (feeds, output) => (await runAll(feeds, [output]))[0],
    runAll,
    dispose: async () => {
      await last.catch(() => undefined);
      await session.dispose();
    },
  };
}

/**
 * Processors without instructions for it add two products in 16 bits, where twice 255 * 127 does not fit; half the
 * range does.
 */
function largestInteger(): number {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
    return flags === undefined || /vnni|amx_int8/.test(flags) ? 127 : 63;
  } catch {
    return 127;
  }
}
