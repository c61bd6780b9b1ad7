/** What the API tells about a model file. */
import type { ModelInfo } from '@bottega/contract';
import { type CheckpointInfo, inspectCheckpoint, type ModelCard } from '@bottega/diffusion';
import { readCard } from './card.ts';
import type { FoundFile } from './scan.ts';

/** All of it but what depends on the other files and on the hash. */
export type Described = Omit<ModelInfo, 'isDefault' | 'title' | 'sha256'>;

/** A1111's defaults, for what a model's card leaves open. */
const defaults = { steps: 20, cfgScale: 7, sampler: 'DPM++ 2M', scheduler: 'Automatic', width: 512, height: 512 } as const;

/** Never throws: a file that cannot be used is described with its `problem`. */
export async function describeModel(file: FoundFile): Promise<Described> {
  const card = await readCard(file.path);
  const common = {
    name: file.name,
    fileName: file.fileName,
    bytes: file.bytes,
    defaults: { ...defaults, ...card.defaults },
    ...(card.license !== undefined && { license: card.license }),
  };
  try {
    return { ...common, ...summary(await inspectCheckpoint(file.path), card) };
  } catch (error) {
    const unknown = { architecture: 'unknown', description: file.fileName, precision: 'unknown', parameters: 0 };
    return { ...common, ...unknown, problem: (error as Error).message };
  }
}

function summary(info: CheckpointInfo, card: ModelCard) {
  return {
    architecture: info.architecture,
    description: card.title ?? info.title,
    precision: info.precision,
    parameters: info.parameters,
  };
}
