import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AdapterStrength } from '../adapter/adapter-use.ts';
import type { AdapterUse } from '../adapter/change-weights.ts';
import { fitAdapter } from '../adapter/fit-adapter.ts';
import { outlineOf } from '../adapter/network-change.ts';
import type { OutlinedUse } from '../adapter/network-change.ts';
import { readAdapter } from '../adapter/read-adapter.ts';
import { EngineError } from '../errors.ts';
import type { HyperUse } from '../hypernetwork/hyper-use.ts';
import { readHypernetwork } from '../hypernetwork/read-hypernetwork.ts';
import type { Hypernetwork } from '../hypernetwork/read-hypernetwork.ts';
import { sideOf } from '../hypernetwork/with-hypernetworks.ts';
import type { Shapes } from '../models/shapes.ts';
import type { Adaptation } from './adaptation.ts';

/** An adapter that is to act, and how strongly. */
export type AdapterOrder = AdapterStrength & { readonly path: string };

/** A hypernetwork that is to act, and how strongly. */
export type HyperOrder = { readonly path: string; readonly strength: number };

/** The adapters of one checkpoint that have been read; of each, only its outline stays in memory. */
export type AdapterShelf = {
  /** @throws EngineError `checkpoint.*`, `adapter.malformed`, `adapter.not-finite`, `adapter.mismatch`. */
  adaptationOf(orders: readonly AdapterOrder[], hypers?: readonly HyperOrder[]): Promise<Adaptation>;
};

/** Files that are remembered; a few kilobytes each. */
const most = 100;

/**
 * @param shapes of the checkpoint's weights.
 * @param model what to call the checkpoint in messages.
 */
export function adapterShelf(shapes: Shapes, model: string): AdapterShelf {
  const fitted = async (path: string) => fitAdapter(await readAdapter(path), shapes, model);
  const outlined = remembered(async (path) => outlineOf(await fitted(path)));
  const hypernetwork = remembered(async (path) => {
    const network = await readHypernetwork(path);
    requireWidth(network, shapes, model);
    return network;
  });
  return {
    adaptationOf: async (orders, hypers = []) => {
      const uses: OutlinedUse[] = [];
      for (const { path, ...strength } of orders) {
        const { id, thing: layers } = await outlined(path);
        uses.push({ ...strength, id, layers });
      }
      const hypernetworks: HyperUse[] = [];
      for (const { path, strength } of hypers) {
        const { id, thing: network } = await hypernetwork(path);
        hypernetworks.push({ id, network, strength });
      }
      const key = JSON.stringify([
        uses.map(({ id, text, unet, rank, blocks }) => [id, text, unet, rank, blocks?.text]),
        hypernetworks.map(({ id, strength }) => [id, strength]),
      ]);
      return {
        key,
        uses,
        hypernetworks,
        read: () =>
          Promise.all(
            orders.map(async ({ path, ...strength }): Promise<AdapterUse> => {
              return { ...strength, fitted: await fitted(path) };
            }),
          ),
      };
    },
  };
}

/** @throws EngineError `adapter.mismatch` where the model's attention has none of the hypernetwork's widths. */
function requireWidth({ path, sizes }: Hypernetwork, shapes: Shapes, model: string): void {
  const heard = [...shapes].some(([name, shape]) => sideOf(name) !== undefined && sizes.has(shape[1]));
  if (heard) return;
  const made = `attention of width ${[...sizes.keys()].toSorted((a, b) => a - b).join(', ')}`;
  throw new EngineError('adapter.mismatch', { path, made, model, reason: 'the model has none of that' });
}

/** Reads a file once as long as it stays the same. */
function remembered<Thing>(
  read: (path: string) => Promise<Thing>,
): (path: string) => Promise<{ readonly id: string; readonly thing: Thing }> {
  const known = new Map<string, { readonly id: string; readonly thing: Thing }>();
  return async (path) => {
    const id = await identify(path);
    const before = known.get(path);
    known.delete(path);
    const now = before?.id === id ? before : { id, thing: await read(path) };
    known.set(path, now);
    const [oldest] = known.keys();
    if (known.size > most) known.delete(oldest);
    return now;
  };
}

/** What changes when the file does; that it is not there is told by who reads it. */
async function identify(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
  return `${resolve(path)} ${size} ${mtimeMs}`;
}
