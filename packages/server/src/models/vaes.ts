/** The installed VAEs: found in the `VAE` folders of models and beside models, and looked up by name. */
import { dirname, join, parse } from 'node:path';
import { AppError } from '@bottega/contract';
import { type FoundFile, checkpointEndings, isVaeName, scanModels } from './scan.ts';

export type Vaes = {
  /** What is in the folders now. */
  list(): Promise<readonly FoundFile[]>;
  /**
   * By file name, with its ending or without, whatever its capitals.
   * @throws AppError `vae.unknown`.
   */
  find(name: string): Promise<FoundFile>;
  /** The one that lies beside a model: `NAME.vae.safetensors`, `NAME.vae.pt` or `NAME.vae.ckpt`. */
  beside(model: string): Promise<FoundFile | undefined>;
};

/**
 * @param folders Of models; the first is where people are told to put them.
 * @param more Files from elsewhere, which come first.
 */
export function createVaes(folders: readonly string[], more: readonly FoundFile[] = []): Vaes {
  const places = folders.map((folder) => join(folder, 'VAE'));

  async function list(): Promise<readonly FoundFile[]> {
    const own = await scanModels(places, checkpointEndings);
    const among = await scanModels(folders, checkpointEndings, isVaeName);
    // Requests name them by file name: of several the first counts.
    return [
      ...new Map([...more, ...own, ...among].toReversed().map((file) => [file.fileName, file])).values(),
    ].toReversed();
  }

  return {
    list,
    find: async (name) => {
      const installed = await list();
      const wanted = name.toLowerCase();
      const found =
        installed.find(({ fileName }) => fileName.toLowerCase() === wanted) ??
        installed.find((file) => file.name.toLowerCase() === wanted);
      if (found !== undefined) return found;
      const names = installed.map(({ fileName }) => fileName).slice(0, 20);
      const remedy = names.length === 0 ? `Put one into ${places[0]}.` : `Installed: ${names.join(', ')}.`;
      throw new AppError('vae.unknown', { name: name.slice(0, 100), remedy });
    },
    beside: async (model) => {
      const { name } = parse(model);
      const near = await scanModels([dirname(model)], checkpointEndings, isVaeName, 0);
      return near.find((file) => file.fileName.toLowerCase().startsWith(`${name.toLowerCase()}.vae.`));
    },
  };
}
