/** Finds model files. Requests never name paths: they name entries of the list that this makes. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';

export type FoundFile = {
  /** File name without extension; made unique by a number where folders hold files of the same name. */
  readonly name: string;
  readonly fileName: string;
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds. */
  readonly modified: number;
};

const extensions: ReadonlySet<string> = new Set(['.safetensors']);

/** Folders in folders, as people sort their models; deeper is likelier to be a mistake, or a loop of links. */
const deepest = 4;

/** Folders of other things than checkpoints, as A1111 calls them, in lower case. */
const otherKinds: ReadonlySet<string> = new Set([
  'controlnet',
  'lora',
  'lycoris',
  'embeddings',
  'hypernetworks',
]);

/**
 * Missing and unreadable folders count as empty; earlier folders win names.
 * @param endings Of files that count, in lower case; default those of checkpoints.
 */
export async function scanModels(
  folders: readonly string[],
  endings: ReadonlySet<string> = extensions,
): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const names = new Set<string>();
  for (const folder of folders) {
    for (const path of await filesIn(folder, 0, endings)) {
      const info = await stat(path).catch(() => undefined);
      if (info === undefined || !info.isFile()) continue;
      const fileName = basename(path);
      const name = uniqueName(basename(path, extname(path)), names);
      names.add(name);
      found.push({ name, fileName, path, bytes: info.size, modified: info.mtimeMs });
    }
  }
  return found;
}

async function filesIn(folder: string, depth: number, endings: ReadonlySet<string>): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (endings.has(extname(entry.name).toLowerCase())) found.push(path);
    else if (depth < deepest && !entry.isFile() && !otherKinds.has(entry.name.toLowerCase())) {
      found.push(...(await filesIn(path, depth + 1, endings)));
    }
  }
  return found;
}

function uniqueName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let n = 2; ; n++) if (!taken.has(`${wanted} (${n})`)) return `${wanted} (${n})`;
}
