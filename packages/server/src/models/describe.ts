/** What the API tells about a model file. */
import type { ModelInfo } from '@bottega/contract';
import { checkCheckpoint, inspectCheckpoint, type ModelCard, readModelCard } from '@bottega/diffusion';
import type { FoundFile } from './scan.ts';

/** All of it but what depends on the other files and on the hash. */
export type Described = Omit<ModelInfo, 'isDefault' | 'title' | 'sha256'>;

type Facts = Pick<Described, 'architecture' | 'description' | 'precision' | 'parameters' | 'problem'>;

/** A1111's defaults, for what a model's card leaves open. */
const defaults = {
  steps: 20,
  cfgScale: 7,
  sampler: 'DPM++ 2M',
  scheduler: 'Automatic',
  width: 512,
  height: 512,
} as const;

/** Never throws: a file that cannot be used is described with its `problem`. */
export async function describeModel(file: FoundFile): Promise<Described> {
  const { card, problem } = await cardOf(file);
  return {
    name: file.name,
    fileName: file.fileName,
    bytes: file.bytes,
    defaults: { ...defaults, ...card.defaults },
    ...(card.license !== undefined && { license: card.license }),
    ...(await factsOf(file, card)),
    ...(problem !== undefined && { problem }),
  };
}

async function cardOf(file: FoundFile): Promise<{ readonly card: ModelCard; readonly problem?: string }> {
  try {
    return { card: await readModelCard(file.path) };
  } catch (error) {
    return { card: {}, problem: (error as Error).message };
  }
}

/** From the file's header alone. */
async function factsOf(file: FoundFile, card: ModelCard): Promise<Facts> {
  try {
    const info = await checkCheckpoint(file.path, card.architecture);
    const { architecture, title, precision, parameters } = info;
    return { architecture, description: card.title ?? title, precision, parameters };
  } catch (error) {
    const problem = (error as Error).message;
    const unknown = { architecture: 'unknown', title: file.fileName, precision: 'unknown', parameters: 0 };
    const { architecture, title, precision, parameters } = await inspectCheckpoint(file.path).catch(
      () => unknown,
    );
    return { architecture, description: title, precision, parameters, problem };
  }
}
