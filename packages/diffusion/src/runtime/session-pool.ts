import type { Tensor } from '../tensor.ts';
import type { Feed } from './protocol.ts';
import type { Session } from './session.ts';

/** A network changed by something, as a session of its own. */
export type Variant = {
  /** Variants with equal keys may share a session. */
  readonly key: string;
  readonly open: () => Promise<Session>;
  /** What it takes beside what the plain network takes. */
  readonly feeds?: Readonly<Record<string, Feed>>;
};

/** The sessions of one network: the plain one, and those of its last variants. */
export type SessionPool = {
  /** @throws EngineError `runtime.failed`, and what a variant's `open` throws. */
  run(
    feeds: Readonly<Record<string, Feed>>,
    outputs: readonly string[],
    variant?: Variant,
  ): Promise<readonly Tensor[]>;
  /** Releases all sessions when the runs asked for before have ended. */
  dispose(): Promise<void>;
};

type Entry = { readonly session: Promise<Session>; running: number };

/**
 * Each session is opened when it first runs; of several first runs at once, one opens it.
 * @param openPlain opens the network as it is.
 * @param most sessions that are kept at a time; the one that has not run for longest is released first.
 */
export function sessionPool(openPlain: () => Promise<Session>, most: number): SessionPool {
  const entries = new Map<string, Entry>();
  const unfinished = new Set<Promise<unknown>>();
  const plain: Variant = { key: '', open: openPlain };
  let disposed = false;

  const entryOf = ({ key, open }: Variant): Entry => {
    const entry = entries.get(key) ?? { session: open(), running: 0 };
    // The last in the map is the last that ran.
    entries.delete(key);
    entries.set(key, entry);
    entry.session.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return entry;
  };
  const release = async ({ session }: Entry): Promise<void> => {
    await (await session.catch(() => undefined))?.dispose();
  };
  const makeRoomFor = async (key: string): Promise<void> => {
    if (entries.has(key)) return;
    const idle = [...entries].filter(([, { running }]) => running === 0);
    const tooMany = idle.slice(0, Math.max(0, entries.size + 1 - most));
    for (const [other] of tooMany) entries.delete(other);
    await Promise.all(tooMany.map(([, entry]) => release(entry)));
  };

  const start: SessionPool['run'] = async (feeds, outputs, variant = plain) => {
    await makeRoomFor(variant.key);
    const entry = entryOf(variant);
    entry.running++;
    try {
      return await (await entry.session).runAll({ ...feeds, ...variant.feeds }, outputs);
    } finally {
      entry.running--;
    }
  };

  return {
    run: async (...run) => {
      if (disposed) throw new Error('the model has been disposed of');
      const running = start(...run);
      unfinished.add(running);
      return await running.finally(() => unfinished.delete(running));
    },
    dispose: async () => {
      disposed = true;
      await Promise.allSettled(unfinished);
      const all = [...entries.values()];
      entries.clear();
      await Promise.all(all.map(release));
    },
  };
}
