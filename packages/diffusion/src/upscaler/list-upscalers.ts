import { openWeights } from '../checkpoint/open-weights.ts';
import { EngineError } from '../errors.ts';
import type { FoundUpscaler } from './found-upscaler.ts';
import { recogniseNetwork } from './networks/recognise.ts';
import { packageUpscalers } from './package-upscalers.ts';
import { nominalScale, resizerNames } from './resizing-upscalers.ts';
import { findUpscalerFiles } from './upscaler-files.ts';
import type { UpscalerFile } from './upscaler-files.ts';

/**
 * The upscalers that can be opened: plain resizing, those that come as packages, and the files in the folders that
 * A1111 and its kin keep them in. Of files the headers are read; one that cannot be used is listed with its problem.
 * @param folders with models, see `findUpscalerFiles`; default none.
 */
export async function listUpscalers(folders: readonly string[] = []): Promise<readonly FoundUpscaler[]> {
  const built: readonly FoundUpscaler[] = [
    ...resizerNames.map((name) => ({ name, title: name, kind: 'resizing' as const, scale: nominalScale })),
    ...packageUpscalers(),
  ];
  const taken = new Set(built.map(({ name }) => name));
  const files = (await findUpscalerFiles(folders)).filter(({ name }) => !taken.has(name));
  return [...built, ...(await Promise.all(files.map(inspect)))];
}

async function inspect({ name, path }: UpscalerFile): Promise<FoundUpscaler> {
  const found = { name, title: name, kind: 'file' as const, path };
  try {
    return { ...found, scale: recogniseNetwork(await openWeights(path)).network.scale };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { ...found, scale: nominalScale, problem: error.message };
  }
}
