/** The installed ControlNets: found in the `ControlNet` folders of models, and looked up by any of their names. */
import { basename, join } from 'node:path';
import { AppError } from '@bottega/contract';
import { autoV1Of } from '@bottega/diffusion';
import { type FoundFile, scanModels } from '../models/scan.ts';

export type InstalledControlNet = {
  readonly name: string;
  /** Name and short hash, as the extension for A1111 lists them: "control_v11p_sd15_canny [d14c016b]". */
  readonly title: string;
  readonly path: string;
};

export type ControlNets = {
  /** What is in the folders now, by name. */
  list(): Promise<readonly InstalledControlNet[]>;
  /**
   * By title, by name whatever its capitals, or by a part of the name; of several the shortest, as in the extension.
   * @throws AppError `control-net.unknown`.
   */
  find(name: string): Promise<InstalledControlNet>;
};

const endings: ReadonlySet<string> = new Set(['.safetensors', '.pt', '.pth', '.ckpt', '.bin']);

/**
 * @param folders Of models; the first is where people are told to put them.
 * @param more Files from elsewhere, which come first.
 */
export function createControlNets(folders: readonly string[], more: readonly FoundFile[] = []): ControlNets {
  const places = folders.flatMap(placesOf);
  const hashes = new Map<string, string>();
  async function hashOf({ path, bytes, modified }: FoundFile): Promise<string> {
    const key = [path, bytes, modified].join('\n');
    const hash = hashes.get(key) ?? (await autoV1Of(path));
    hashes.set(key, hash);
    return hash;
  }

  async function list(): Promise<readonly InstalledControlNet[]> {
    const installed: InstalledControlNet[] = [];
    for (const file of [...more, ...(await scanModels(places, endings))]) {
      const hash = await hashOf(file).catch(() => undefined);
      if (hash === undefined) continue;
      installed.push({ name: file.name, title: `${file.name} [${hash}]`, path: file.path });
    }
    return installed.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  return {
    list,
    find: async (wanted) => {
      const installed = await list();
      const found = closest(installed, wanted);
      if (found !== undefined) return found;
      const names = installed.map(({ name }) => name).slice(0, 20);
      const remedy = names.length === 0 ? `Put one into ${places[0]}.` : `Installed: ${names.join(', ')}.`;
      throw new AppError('control-net.unknown', { name: wanted.slice(0, 100), remedy });
    },
  };
}

/** Among A1111's models; beside its checkpoints, where that folder was named; in the extension's own folder. */
function placesOf(folder: string): readonly string[] {
  const isCheckpoints = basename(folder).toLowerCase() === 'stable-diffusion';
  const models = isCheckpoints ? join(folder, '..') : folder;
  return [join(models, 'ControlNet'), join(models, '../extensions/sd-webui-controlnet/models')];
}

function closest(installed: readonly InstalledControlNet[], wanted: string): InstalledControlNet | undefined {
  const name = wanted.toLowerCase();
  if (name === '') return undefined;
  const exact = installed.find((one) => one.title === wanted || one.name.toLowerCase() === name);
  const partly = installed.filter((one) => one.name.toLowerCase().includes(name));
  return exact ?? partly.toSorted((a, b) => a.name.length - b.name.length)[0];
}
