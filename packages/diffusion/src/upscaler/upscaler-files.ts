import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';

/** Folders within a models folder in which A1111, its forks and ComfyUI keep upscalers, in lower case. */
const folderNames: ReadonlySet<string> = new Set([
  'esrgan',
  'realesrgan',
  'bsrgan',
  'upscale_models',
  'upscalers',
  'upscaler',
]);

const extensions: ReadonlySet<string> = new Set(['.pth', '.pt', '.safetensors', '.ckpt']);

/** Deeper folders are likelier to be a mistake, or a loop of links. */
const deepest = 4;

/** How A1111 calls the models of Real-ESRGAN that it knows by their file names. */
const knownNames: Readonly<Record<string, string>> = {
  RealESRGAN_x4plus: 'R-ESRGAN 4x+',
  RealESRGAN_x4plus_anime_6B: 'R-ESRGAN 4x+ Anime6B',
  RealESRGAN_x2plus: 'R-ESRGAN 2x+',
  'realesr-animevideov3': 'R-ESRGAN AnimeVideo',
  'realesr-general-x4v3': 'R-ESRGAN General 4xV3',
  'realesr-general-wdn-x4v3': 'R-ESRGAN General WDN 4xV3',
  ESRGAN: 'ESRGAN_4x',
};

export type UpscalerFile = {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds. */
  readonly modified: number;
};

/**
 * The files that may be upscalers, by their place. Folders that are missing count as empty; where two files have one
 * name the first is taken.
 * @param folders with models; upscalers lie in folders of theirs within, such as `ESRGAN` and `RealESRGAN`.
 */
export async function findUpscalerFiles(folders: readonly string[]): Promise<readonly UpscalerFile[]> {
  const found = new Map<string, UpscalerFile>();
  for (const folder of folders) {
    for (const inner of await namesIn(folder)) {
      if (!folderNames.has(inner.toLowerCase())) continue;
      for (const path of await filesIn(join(folder, inner), 0)) {
        const info = await stat(path).catch(() => undefined);
        if (info?.isFile() !== true) continue;
        const stem = basename(path, extname(path));
        const name = Object.hasOwn(knownNames, stem) ? knownNames[stem] : stem;
        if (!found.has(name)) found.set(name, { name, path, bytes: info.size, modified: info.mtimeMs });
      }
    }
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function filesIn(folder: string, depth: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await namesIn(folder)) {
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    if (extensions.has(extname(name).toLowerCase())) found.push(path);
    else if (depth < deepest) found.push(...(await filesIn(path, depth + 1)));
  }
  return found;
}

/** In order; empty for what is no folder. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).toSorted();
}
