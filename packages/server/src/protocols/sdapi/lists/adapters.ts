/** Adapters as A1111 lists them. */
import type { ModelInfo, sdapi } from '@bottega/contract';
import type { InstalledEmbedding, InstalledLora } from '../../../adapters/adapters.ts';
import type { FoundFile } from '../../../models/scan.ts';

export function listLoras(loras: readonly InstalledLora[]): sdapi.LoraList {
  return loras.map(({ name, alias, path, info }) => ({
    name,
    alias,
    path,
    metadata: Object.fromEntries(
      Object.entries(info?.metadata ?? {}).map(([key, value]) => [key, asJson(value)]),
    ),
  }));
}

/** What trainers put into a file's metadata is JSON in texts. */
function asJson(text: string): unknown {
  if (!text.startsWith('{')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function listHypernetworks(files: readonly FoundFile[]): sdapi.HypernetworkList {
  return files.map(({ name, path }) => ({ name, path }));
}

/** Those made for the model, and the others. */
export function listEmbeddings(
  embeddings: readonly InstalledEmbedding[],
  model: ModelInfo | undefined,
): sdapi.Embeddings {
  const lists: Record<'loaded' | 'skipped', [string, sdapi.Embeddings['loaded'][string]][]> = {
    loaded: [],
    skipped: [],
  };
  for (const { name, info } of embeddings) {
    if (info === undefined) continue;
    const isLoaded = info.architecture !== undefined && info.architecture === model?.architecture;
    lists[isLoaded ? 'loaded' : 'skipped'].push([
      name,
      {
        step: info.step ?? null,
        sd_checkpoint: info.checkpoint?.hash ?? null,
        sd_checkpoint_name: info.checkpoint?.name ?? null,
        shape: info.width,
        vectors: info.count,
      },
    ]);
  }
  return { loaded: Object.fromEntries(lists.loaded), skipped: Object.fromEntries(lists.skipped) };
}
