import { basename, extname } from 'node:path';
import { activations } from '@bottega/graph';
import { openWeights } from '../checkpoint/open-weights.ts';
import { readTensors } from '../checkpoint/read-tensors.ts';
import type { StoredTensor } from '../checkpoint/weight-file.ts';
import { EngineError } from '../errors.ts';

/** One step of a module: a linear layer, or a layer normalisation. */
export type HyperLayer = {
  readonly kind: 'linear' | 'norm';
  readonly weight: StoredTensor;
  readonly bias: StoredTensor;
};

/** A small network whose answer, times a strength, is added to what keys or values are made from. */
export type HyperModule = readonly HyperLayer[];

/** Small networks before the keys and values of a UNet's attention (NovelAI 2022), in A1111's form. */
export type Hypernetwork = {
  readonly path: string;
  /** File name without its extension, by which prompts call it. */
  readonly name: string;
  /** For each width of what attention listens to. */
  readonly sizes: ReadonlyMap<number, { readonly keys: HyperModule; readonly values: HyperModule }>;
  /** What follows each linear layer, by PyTorch's name in lower case; undefined: nothing. */
  readonly activation?: string;
  /** Whether it follows the last one too. */
  readonly isLastActive: boolean;
};

/** What A1111 calls by another name than PyTorch. */
const otherNames: Readonly<Record<string, string | undefined>> = { swish: 'hardswish', linear: undefined };

/** Names that the first hypernetworks had. */
const oldNames: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^linear1\./, 'linear.0.'],
  [/^linear2\./, 'linear.1.'],
];

/**
 * Reads A1111's `.pt`: for each width a pair of networks, of linear layers with layer normalisation and an activation
 * between them, as the file says; dropout is for training.
 * @throws EngineError `checkpoint.*` from the file, `adapter.malformed`, `adapter.not-finite`.
 */
export async function readHypernetwork(path: string): Promise<Hypernetwork> {
  const file = await openWeights(path);
  const refuse = (reason: string): EngineError => new EngineError('adapter.malformed', { path, reason });
  const found = new Map<string, Map<string, StoredTensor>>();
  for (const [name, stored] of file.tensors) {
    const [, module, rest] = /^(\d+\.[01])\.(.+)$/.exec(name) ?? [];
    if (module === undefined) continue;
    const own = found.get(module) ?? new Map<string, StoredTensor>();
    const renamed = oldNames.reduce((text, [pattern, current]) => text.replace(pattern, current), rest);
    found.set(module, own.set(renamed, { ...stored, path: file.path }));
  }
  for (const [name, { data }] of await readTensors(file)) {
    if (!data.every(Number.isFinite)) throw new EngineError('adapter.not-finite', { path, layer: name });
  }
  const sizes = new Map<number, { readonly keys: HyperModule; readonly values: HyperModule }>();
  for (const size of new Set([...found.keys()].map((module) => Number.parseInt(module)))) {
    const [keys, values] = ['0', '1'].map((side) => moduleOf(found.get(`${size}.${side}`), size, refuse));
    sizes.set(size, { keys, values });
  }
  if (sizes.size === 0) throw refuse('it has no networks for any width');
  const said = file.metadata.activation_func?.toLowerCase();
  const activation = said !== undefined && said in otherNames ? otherNames[said] : said;
  if (activation !== undefined && !activations.has(activation)) {
    const known = [...activations.keys()].join(', ');
    throw refuse(`its activation "${activation.slice(0, 50)}" is none of ${known}`);
  }
  return {
    path: file.path,
    name: basename(path, extname(path)),
    sizes,
    ...(activation !== undefined && { activation }),
    isLastActive: file.metadata.activate_output !== 'false',
  };
}

/** The layers in the order of their numbers; numbers in between are those of activations and dropout. */
function moduleOf(
  tensors: ReadonlyMap<string, StoredTensor> | undefined,
  size: number,
  refuse: (reason: string) => EngineError,
): HyperModule {
  const numbers = new Set<number>();
  for (const name of tensors?.keys() ?? []) {
    const [, number] = /^linear\.(\d+)\.(?:weight|bias)$/.exec(name) ?? [];
    if (number !== undefined) numbers.add(Number(number));
  }
  let width = size;
  const layers = [...numbers]
    .toSorted((a, b) => a - b)
    .map((number): HyperLayer => {
      const [weight, bias] = ['weight', 'bias'].map((end) => tensors?.get(`linear.${number}.${end}`));
      const [outputs, inputs] = weight?.shape ?? [];
      const isNorm = weight?.shape.length === 1;
      const isFitting = isNorm
        ? outputs === width
        : weight?.shape.length === 2 && inputs === width && outputs > 0;
      if (weight === undefined || bias === undefined || !isFitting || bias.shape.join() !== String(outputs)) {
        throw refuse(`layer ${number} of its networks for width ${size} does not fit the one before`);
      }
      width = outputs;
      return { kind: isNorm ? 'norm' : 'linear', weight, bias };
    });
  if (layers.length === 0 || width !== size)
    throw refuse(`its networks for width ${size} give width ${width}`);
  return layers;
}
