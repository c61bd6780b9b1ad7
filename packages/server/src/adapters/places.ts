/** Where adapters lie beside checkpoints: in folders that are called as A1111 calls them. */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What a file is to a model; decided by the folder it lies in. */
export type AdapterKind = 'lora' | 'embedding' | 'hypernetwork';

type Place = {
  /** Names of folders, in lower case; earlier ones win names. */
  readonly folders: readonly string[];
  readonly endings: ReadonlySet<string>;
  /** Whether such a folder may also lie beside the one with models. */
  readonly isBeside: boolean;
};

export const places: Readonly<Record<AdapterKind, Place>> = {
  lora: {
    folders: ['lora', 'lycoris'],
    endings: new Set(['.safetensors', '.pt', '.ckpt']),
    isBeside: false,
  },
  embedding: {
    folders: ['embeddings'],
    endings: new Set(['.safetensors', '.pt', '.bin']),
    isBeside: true,
  },
  hypernetwork: { folders: ['hypernetworks'], endings: new Set(['.pt']), isBeside: false },
};

/** The folders of a kind that are there, whatever the capitals of their names. */
export async function foldersOf(kind: AdapterKind, modelFolders: readonly string[]): Promise<string[]> {
  const { folders, isBeside } = places[kind];
  const found: string[] = [];
  for (const models of modelFolders) {
    for (const parent of [models, ...(isBeside ? [dirname(models)] : [])]) {
      const entries = await readdir(parent).catch(() => []);
      for (const wanted of folders) {
        found.push(
          ...entries.filter((name) => name.toLowerCase() === wanted).map((name) => join(parent, name)),
        );
      }
    }
  }
  return [...new Set(found)];
}
