import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AdapterStrength } from '../adapter/adapter-use.ts';
import type { AdapterUse } from '../adapter/change-weights.ts';
import { fitAdapter } from '../adapter/fit-adapter.ts';
import { outlineOf } from '../adapter/network-change.ts';
import type { LayerOutline } from '../adapter/network-change.ts';
import { readAdapter } from '../adapter/read-adapter.ts';
import type { Shapes } from '../models/shapes.ts';
import type { Adaptation } from './adaptation.ts';

/** An adapter that is to act, and how strongly. */
export type AdapterOrder = AdapterStrength & { readonly path: string };

/** The adapters of one checkpoint that have been read; of each, only its outline stays in memory. */
export type AdapterShelf = {
  /** @throws EngineError `checkpoint.*`, `adapter.malformed`, `adapter.not-finite`, `adapter.mismatch`. */
  adaptationOf(orders: readonly AdapterOrder[]): Promise<Adaptation>;
};

type Outline = { readonly id: string; readonly layers: readonly LayerOutline[] };

/** Outlines that are kept; a few kilobytes each. */
const most = 100;

/**
 * @param shapes of the checkpoint's weights.
 * @param model what to call the checkpoint in messages.
 */
export function adapterShelf(shapes: Shapes, model: string): AdapterShelf {
  const outlines = new Map<string, Outline>();
  const fitted = async (path: string) => fitAdapter(await readAdapter(path), shapes, model);
  const outlined = async (path: string): Promise<Outline> => {
    const id = await identify(path);
    const known = outlines.get(path);
    outlines.delete(path);
    const outline = known?.id === id ? known : { id, layers: outlineOf(await fitted(path)) };
    outlines.set(path, outline);
    const [oldest] = outlines.keys();
    if (outlines.size > most) outlines.delete(oldest);
    return outline;
  };
  return {
    adaptationOf: async (orders) => {
      const uses = [];
      for (const { path, ...strength } of orders) uses.push({ ...strength, ...(await outlined(path)) });
      return {
        uses,
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

/** What changes when the file does; that it is not there is told by who reads it. */
async function identify(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
  return `${resolve(path)} ${size} ${mtimeMs}`;
}
