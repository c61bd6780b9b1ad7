/** The ControlNets of a recipe, loaded, with the pictures that they follow. */
import { AppError, type Control } from '@bottega/contract';
import type { ControlNet, ControlNetOptions, ControlRequest } from '@bottega/diffusion';
import type { ControlNets } from '../control-nets/control-nets.ts';
import { onBackground, whereToDraw } from '../media/flatten.ts';
import type { MediaStore } from '../media/media-store.ts';
import { readPicture } from '../media/read-picture.ts';
import type { Engine } from './engine.ts';

/** Keeps the last few that were loaded. */
export type ControlSlot = {
  /**
   * @param inUse Those that must stay.
   * @throws AppError `control-net.unknown` where somebody has taken it away; EngineError `checkpoint.*`.
   */
  get(title: string, inUse: readonly ControlNet[]): Promise<ControlNet>;
  /** Lets go of all. */
  close(): Promise<void>;
};

export type FindControlNet = ControlNets['find'];

/** Several at once are usual; their weights are mapped, and cost little while they rest. */
const kept = 4;

/** @param folders Of models. */
export function installedControlNets(folders: readonly string[]): FindControlNet {
  // The engine comes with them, and until then a worker is a small process.
  const opening = async () => (await import('../control-nets/control-nets.ts')).createControlNets(folders);
  let controlNets: ReturnType<typeof opening> | undefined;
  return async (name) => (await (controlNets ??= opening())).find(name);
}

export function createControlSlot(
  engine: Pick<Engine, 'loadControlNet'>,
  find: FindControlNet,
  options: ControlNetOptions,
): ControlSlot {
  /** By path and title, which tells a file from the one that replaces it; the last used last. */
  const loaded = new Map<string, ControlNet>();
  return {
    get: async (title, inUse) => {
      const { path, title: full } = await find(title);
      const key = `${path}\n${full}`;
      const controlNet = loaded.get(key) ?? (await engine.loadControlNet(path, options));
      loaded.delete(key);
      loaded.set(key, controlNet);
      for (const [oldest, one] of loaded) {
        if (loaded.size <= kept) break;
        if (one === controlNet || inUse.includes(one)) continue;
        loaded.delete(oldest);
        await one.dispose();
      }
      return controlNet;
    },
    close: async () => {
      for (const [key, one] of loaded) {
        loaded.delete(key);
        await one.dispose();
      }
    },
  };
}

/** @throws AppError `media.unknown`, `picture.unreadable`; what the slot throws. */
export async function controlsOf(
  controls: readonly Control[],
  slot: ControlSlot,
  media: Pick<MediaStore, 'get'>,
): Promise<readonly ControlRequest[]> {
  const opened: ControlRequest[] = [];
  // One after the other: unpacked, each picture may be large.
  for (const [i, { model, image, mask, ...rest }] of controls.entries()) {
    const picture = {
      ...(image !== undefined && { image: onBackground(await open(image, `controls.${i}.image`, media)) }),
      ...(mask !== undefined && { mask: whereToDraw(await open(mask, `controls.${i}.mask`, media), false) }),
    };
    const inUse = opened.map((control) => control.model);
    opened.push({ ...rest, ...picture, model: await slot.get(model, inUse) });
  }
  return opened;
}

async function open(id: string, field: string, media: Pick<MediaStore, 'get'>) {
  const file = await media.get(Buffer.from(id, 'hex'));
  if (file === undefined) throw new AppError('media.unknown', { field, id });
  return readPicture(file);
}
