/** What drawing takes, opened for one run of a command. */
import type { AdapterLookup, ControlNetOptions, LoadOptions } from '@bottega/diffusion';
import type { MediaStore } from '../media/media-store.ts';
import type { FindControlNet } from '../worker/controls.ts';
import { createControlSlot } from '../worker/controls.ts';
import { engine } from '../worker/engine.ts';
import { createModelSlot } from '../worker/model-slot.ts';
import type { PartTools } from '../worker/open-part.ts';
import { createOtherFiles, type OtherFilesParts } from '../worker/other-files.ts';
import { programVersion } from '../version.ts';

export type OfflineTools = PartTools & AsyncDisposable;

export type ToolWishes = {
  /** How models are loaded; ControlNets in the same way. */
  readonly loading: LoadOptions & ControlNetOptions;
  /** Bytes of models that may stay loaded. */
  readonly modelMemory: number;
  readonly modelFolders: readonly string[];
  readonly files: OtherFilesParts;
  readonly findControlNet: FindControlNet;
  readonly adapters: AdapterLookup;
  readonly media: Pick<MediaStore, 'get'>;
};

/** Models and ControlNets are loaded when they are needed, and stay as far as memory goes until it is disposed. */
export function openTools(wishes: ToolWishes): OfflineTools {
  const { mode, device, threads } = wishes.loading;
  const slot = createModelSlot(engine, wishes.loading, wishes.modelMemory);
  const controls = createControlSlot(engine, wishes.findControlNet, { mode, device, threads });
  return {
    engine,
    slot,
    controls,
    files: createOtherFiles(wishes.files),
    adapters: { lookup: async () => wishes.adapters },
    media: wishes.media,
    modelFolders: wishes.modelFolders,
    version: programVersion,
    [Symbol.asyncDispose]: async () => {
      await controls.close();
      await slot.close();
    },
  };
}
