/** Finds model files. Requests never name paths: they name entries of the list that this makes. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';

export type FoundFile = {
  /**
   * File name without extension; made unique by a number where folders hold files of the same name. Of `x.ckpt` and
   * `x.safetensors` in one folder, or in folders of it, the latter is `x`.
   */
  readonly name: string;
  readonly fileName: string;
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds. */
  readonly modified: number;
  /** Whether it is a folder in the layout of diffusers; those have no hash. */
  readonly isFolder?: boolean;
};

/** What marks such a folder. */
const folderMark = 'model_index.json';

/** Of files that hold a model's weights. */
export const checkpointEndings: ReadonlySet<string> = new Set(['.safetensors', '.ckpt', '.pt']);

/** Folders in folders, as people sort their models; deeper is likelier to be a mistake, or a loop of links. */
const deepest = 4;

/** Folders of other things than checkpoints, as A1111 calls them, in lower case. */
const otherKinds: ReadonlySet<string> = new Set([
  'controlnet',
  'vae',
  'vae-approx',
  'vae-taesd',
  'lora',
  'lycoris',
  'embeddings',
  'hypernetworks',
  'esrgan',
  'realesrgan',
  'bsrgan',
  'upscale_models',
  'upscalers',
  'upscaler',
]);

/** A1111's mark of VAEs that lie among models: `NAME.vae.pt`. */
export function isVaeName(fileName: string): boolean {
  return /\.vae\.[^.]+$/i.test(fileName);
}

const isNoVae = (fileName: string): boolean => !isVaeName(fileName);

/**
 * Missing and unreadable folders count as empty; earlier folders win names.
 * @param endings Of files that count, in lower case; default those of checkpoints.
 * @param isWanted By file name; default all but VAEs.
 * @param depth How deep folders may lie in folders.
 */
export async function scanModels(
  folders: readonly string[],
  endings: ReadonlySet<string> = checkpointEndings,
  isWanted: (fileName: string) => boolean = isNoVae,
  depth: number = deepest,
): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const names = new Set<string>();
  for (const folder of folders) {
    const here: Omit<FoundFile, 'name'>[] = [];
    for (const path of await filesIn(folder, depth, endings)) {
      const info = await stat(path).catch(() => undefined);
      const fileName = basename(path);
      if (info === undefined || !isWanted(fileName)) continue;
      const isFolder = info.isDirectory();
      if (!isFolder && !info.isFile()) continue;
      const { bytes, modified } = isFolder
        ? await contentsOf(path)
        : { bytes: info.size, modified: info.mtimeMs };
      here.push({ fileName, path, bytes, modified, ...(isFolder && { isFolder }) });
    }
    const named = new Map<string, string>();
    for (const { path, fileName, isFolder } of here.toSorted((a, b) => nameRank(a) - nameRank(b))) {
      const name = uniqueName(isFolder ? fileName : basename(path, extname(path)), names);
      names.add(name);
      named.set(path, name);
    }
    found.push(...here.map((file) => ({ name: named.get(file.path) ?? file.fileName, ...file })));
  }
  return found;
}

async function filesIn(folder: string, deeper: number, endings: ReadonlySet<string>): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.some(({ name }) => name === folderMark)) return [folder];
  const found: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (endings.has(extname(entry.name).toLowerCase())) found.push(path);
    else if (deeper > 0 && !entry.isFile() && !otherKinds.has(entry.name.toLowerCase())) {
      found.push(...(await filesIn(path, deeper - 1, endings)));
    }
  }
  return found;
}

/** The weights of a model in a folder: together, and the youngest. */
async function contentsOf(folder: string): Promise<Pick<FoundFile, 'bytes' | 'modified'>> {
  let [bytes, modified] = [0, 0];
  for (const part of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (!part.isDirectory()) continue;
    for (const name of await readdir(join(folder, part.name)).catch(() => [])) {
      const info = await stat(join(folder, part.name, name)).catch(() => undefined);
      if (info === undefined || !/\.(safetensors|bin)$/.test(name)) continue;
      bytes += info.size;
      modified = Math.max(modified, info.mtimeMs);
    }
  }
  return { bytes, modified };
}

/** Who may choose a name first. */
function nameRank({ path }: Pick<FoundFile, 'path'>): number {
  return extname(path).toLowerCase() === '.safetensors' ? 0 : 1;
}

/** @example uniqueName('x', new Set(['x'])) === 'x (2)' */
export function uniqueName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let n = 2; ; n++) if (!taken.has(`${wanted} (${n})`)) return `${wanted} (${n})`;
}
