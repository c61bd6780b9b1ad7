import { divided } from '@bottega/graph';
import type { Graph } from '@bottega/graph';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import type { Feed } from './protocol.ts';
import { openSession } from './session.ts';
import type { Kept, Session, SessionOptions } from './session.ts';

/** What changes from picture to picture, not from step to step: the text, and how strongly adapters act. */
export const steadyInputs = ['context', 'strengths'] as const;

/** What a few prompts with and without their negative ones make; each is kept where the runtime computes. */
const most = 4;

type Memory = { readonly fed: readonly Feed[]; readonly kept: Kept };

/**
 * A session that computes what depends on some inputs alone only when these change: a UNet's keys and values of the
 * text once a picture instead of at every step. The results are the same bit for bit.
 * @param steady inputs that rarely change; without the first of them the graph runs as it is.
 * @throws EngineError `runtime.failed`, also from `run`.
 */
export async function openRemembering(
  graph: Graph,
  file: WeightFile,
  steady: readonly string[],
  options: SessionOptions = {},
): Promise<Session> {
  const named = steady.filter((name) => hasInput(graph, name));
  const division = named[0] === steady[0] ? divided(graph, named) : undefined;
  if (division === undefined) return await openSession(graph, file, options);
  const rest = await openSession(division.rest, file, options);
  const first = await openSession(division.first, file, options).catch(async (error: unknown) => {
    await rest.dispose();
    throw error;
  });
  const results = [...division.first.outputs.keys()];
  const memories: Memory[] = [];

  const remembered = async (fed: readonly Feed[]): Promise<Kept> => {
    const index = memories.findIndex((memory) => memory.fed.every((feed, i) => isEqual(feed, fed[i])));
    const found = index >= 0 ? memories.splice(index, 1)[0] : undefined;
    const memory = found ?? {
      fed: fed.map(copyOf),
      kept: first.keep(Object.fromEntries(named.map((name, i) => [name, fed[i]])), results),
    };
    memories.push(memory);
    memory.kept.ready.catch(() => {
      if (memories.includes(memory)) memories.splice(memories.indexOf(memory), 1);
    });
    if (memories.length > most) memories.shift()?.kept.forget();
    return memory.kept;
  };
  const runAll: Session['runAll'] = async (feeds, outputs) => {
    const kept = await remembered(named.map((name) => feeds[name]));
    const others = Object.entries(feeds).filter(
      ([name]) => !named.includes(name) || hasInput(division.rest, name),
    );
    return await rest.runAll(Object.fromEntries(others), outputs, kept);
  };
  return {
    run: async (feeds, output) => (await runAll(feeds, [output]))[0],
    runAll,
    dispose: async () => {
      for (const { kept } of memories.splice(0)) kept.forget();
      await Promise.all([first.dispose(), rest.dispose()]);
    },
  };
}

/** Whether a graph takes an input of this name. */
export function hasInput(graph: Graph, name: string): boolean {
  return graph.entries.some(
    (entry) => 'leaf' in entry && entry.leaf.kind === 'input' && entry.leaf.name === name,
  );
}

function isEqual(a: Feed, b: Feed): boolean {
  return (
    a.data.length === b.data.length &&
    a.shape.length === b.shape.length &&
    a.shape.every((extent, axis) => extent === b.shape[axis]) &&
    Buffer.compare(bytesOf(a), bytesOf(b)) === 0
  );
}

function bytesOf({ data }: Feed): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Callers may use their arrays again. */
function copyOf<Fed extends Feed>(feed: Fed): Fed {
  return { ...feed, data: feed.data.slice() };
}
