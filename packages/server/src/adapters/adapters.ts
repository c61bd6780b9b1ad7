/** The installed adapters: found in their folders whenever somebody asks, and looked up as A1111 looks them up. */
import type { AdapterInfo, AdapterLookup, EmbeddingInfo } from '@bottega/diffusion';
import { inspectAdapter, inspectEmbedding } from '@bottega/diffusion';
import { type FoundFile, scanModels } from '../models/scan.ts';
import { type AdapterKind, foldersOf, places } from './places.ts';

export type InstalledLora = FoundFile & {
  /** How prompts may call it beside its name: what the file says of itself, else the name. */
  readonly alias: string;
  /** Undefined where the file cannot be used; `problem` says why. */
  readonly info?: AdapterInfo;
  readonly problem?: string;
};

export type InstalledEmbedding = FoundFile & { readonly info?: EmbeddingInfo; readonly problem?: string };

export type Adapters = {
  loras(): Promise<readonly InstalledLora[]>;
  embeddings(): Promise<readonly InstalledEmbedding[]>;
  hypernetworks(): Promise<readonly FoundFile[]>;
  /** What the engine may look up now; names that prompts have never become paths. */
  lookup(): Promise<AdapterLookup>;
};

/** Aliases that A1111 never heeds. */
const neverAliases: readonly string[] = ['none', 'addams'];

/**
 * @param modelFolders Folders with models, in which those of adapters lie.
 * @param more Further folders of one kind, which come first.
 */
export function createAdapters(
  modelFolders: readonly string[],
  more: Readonly<Partial<Record<AdapterKind, readonly string[]>>> = {},
): Adapters {
  const inspectLora = remembered(inspectAdapter);
  const inspectWord = remembered(inspectEmbedding);
  const found = async (kind: AdapterKind): Promise<FoundFile[]> =>
    scanModels([...(more[kind] ?? []), ...(await foldersOf(kind, modelFolders))], places[kind].endings);

  async function loras(): Promise<readonly InstalledLora[]> {
    const files = await found('lora');
    return Promise.all(
      files.map(async (file) => {
        const told = await inspectLora(file);
        const alias = 'info' in told ? told.info.alias : undefined;
        return { ...file, alias: alias ?? file.name, ...told };
      }),
    );
  }

  async function embeddings(): Promise<readonly InstalledEmbedding[]> {
    const files = await found('embedding');
    return Promise.all(files.map(async (file) => ({ ...file, ...(await inspectWord(file)) })));
  }

  return {
    loras,
    embeddings,
    hypernetworks: () => found('hypernetwork'),
    lookup: async () => {
      let finding: Promise<ReturnType<typeof loraFinder>> | undefined;
      return {
        lora: async (name) => (await (finding ??= loras().then(loraFinder)))(name),
        hypernetwork: async (name) => (await found('hypernetwork')).find((file) => file.name === name),
        embeddings: await found('embedding'),
      };
    },
  };
}

/** By name or alias; by name alone where an alias is several files', as in A1111. */
function loraFinder(
  loras: readonly InstalledLora[],
): (name: string) => { readonly path: string } | undefined {
  const byName = new Map<string, InstalledLora>();
  const byAlias = new Map<string, InstalledLora>();
  const forbidden = new Set(neverAliases);
  for (const lora of loras) {
    if (byAlias.has(lora.alias)) forbidden.add(lora.alias.toLowerCase());
    byName.set(lora.name, lora);
    byAlias.set(lora.name, lora).set(lora.alias, lora);
  }
  return (name) => {
    const lora = (forbidden.has(name.toLowerCase()) ? byName : byAlias).get(name);
    return lora && { path: lora.path };
  };
}

type Told<Info> = { readonly info: Info } | { readonly problem: string };

/** Looks into a file once as long as it stays the same; never throws. */
function remembered<Info>(
  inspect: (path: string) => Promise<Info>,
): (file: FoundFile) => Promise<Told<Info>> {
  const known = new Map<string, Promise<Told<Info>>>();
  return ({ path, bytes, modified }) => {
    const key = [path, bytes, modified].join('\n');
    const told =
      known.get(key) ??
      inspect(path).then(
        (info): Told<Info> => ({ info }),
        (error: Error): Told<Info> => ({ problem: error.message }),
      );
    known.set(key, told);
    return told;
  };
}
