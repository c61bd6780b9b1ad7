import { basename, extname } from 'node:path';
import { openWeights } from '../checkpoint/open-weights.ts';
import { readTensors } from '../checkpoint/read-tensors.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import { EngineError } from '../errors.ts';
import type { StoredTensor } from '../checkpoint/weight-file.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import type { Factors, LayerChange } from './layer.ts';
import { madeFor } from './made-for.ts';
import type { MadeFor } from './made-for.ts';
import { methods } from './methods/methods.ts';
import { parseName } from './names/parse-name.ts';
import { peftAlphas } from './names/peft-alphas.ts';
import type { Part } from './names/parse-name.ts';

/** What an adapter holds for one layer. */
export type AdapterLayer = {
  readonly part: Part;
  /** As the adapter calls it, with underscores for dots. */
  readonly layer: string;
  /** "LoRA", "LoHa" ... */
  readonly method: string;
  readonly change: LayerChange;
  /** The lengths of DoRA, which any method may come with. */
  readonly doraScale?: Tensor;
  /** Where the change is a product of factors and nothing else. */
  readonly factors?: Factors;
};

/** A file that changes a model: LoRA and its kin. */
export type Adapter = {
  readonly path: string;
  /** File name without its extension, by which prompts call it. */
  readonly name: string;
  readonly layers: readonly AdapterLayer[];
  readonly madeFor: MadeFor;
  /** Tensors of no known layer, which are left out. */
  readonly ignored: readonly string[];
};

/**
 * Reads LoRA, LoHa, LoKr, IA3, OFT, GLoRA, full, norm, each with or without DoRA, under the names of kohya's scripts,
 * of diffusers or of the original code. All of it is in memory afterwards, as float32.
 * @throws EngineError `checkpoint.*` from the file, `adapter.malformed` (also for rank 0), `adapter.not-finite`.
 * @example (await readAdapter('lora/inkwash.safetensors')).layers.length
 */
export async function readAdapter(path: string): Promise<Adapter> {
  const file = await openWeights(path);
  const ignored: string[] = [];
  const grouped = new Map<
    string,
    { readonly part: Part; readonly layer: string; readonly ends: Map<string, string> }
  >();
  for (const name of file.tensors.keys()) {
    const parsed = parseName(name);
    if (parsed === undefined) {
      ignored.push(name);
      continue;
    }
    const { part, layer, end } = parsed;
    const key = `${part} ${layer}`;
    const group = grouped.get(key) ?? { part, layer, ends: new Map<string, string>() };
    group.ends.set(end, name);
    grouped.set(key, group);
  }
  if (grouped.size === 0) {
    throw new EngineError('adapter.malformed', {
      path,
      reason: 'it has no layer that is known from an adapter',
    });
  }

  const tensors = await readTensors(file);
  const alphaOf = peftAlphas(file.metadata);
  const layers = [...grouped.values()].map(({ part, layer, ends }) => {
    const own = new Map([...ends].map(([end, name]) => [end, tensors.get(name)!]));
    const rank = own.get('lora_down.weight')?.shape[0] ?? 0;
    const alpha = own.has('alpha') || rank === 0 ? undefined : alphaOf(part, layer, rank);
    if (alpha !== undefined) own.set('alpha', tensor([], Float32Array.of(alpha)));
    const stored = new Map(
      [...ends].map(([end, name]) => [end, { ...file.tensors.get(name)!, path: file.path }]),
    );
    return readLayer(path, part, layer, own, stored);
  });
  return {
    path,
    name: basename(path, extname(path)),
    layers,
    madeFor: madeFor(layers, shapesOf(file), file.metadata),
    ignored,
  };
}

function readLayer(
  path: string,
  part: Part,
  layer: string,
  tensors: ReadonlyMap<string, Tensor>,
  stored: ReadonlyMap<string, StoredTensor>,
): AdapterLayer {
  const malformed = (reason: string): EngineError =>
    new EngineError('adapter.malformed', { path, reason: `in ${layer}, ${reason}` });
  for (const [end, { shape, data }] of tensors) {
    if (data.length === 0) throw malformed(`${end} of ${shape.join('x')} has rank 0`);
    if (!data.every(Number.isFinite))
      throw new EngineError('adapter.not-finite', { path, layer: `${layer}.${end}` });
  }
  const method = methods.find((one) => one.is(tensors));
  if (method === undefined)
    throw malformed(`there is no known method with ${[...tensors.keys()].join(', ')}`);
  try {
    const change = method.read(tensors);
    const doraScale = tensors.get('dora_scale') ?? lengthsOf(tensors.get('lora_magnitude_vector'));
    const factors = doraScale === undefined ? method.factors?.(stored) : undefined;
    return { part, layer, method: method.name, change, doraScale, factors };
  } catch (error) {
    if (error instanceof RangeError) throw malformed(error.message);
    throw error;
  }
}

/** PEFT keeps DoRA's lengths as a plain row, one for each output. */
function lengthsOf(magnitudes: Tensor | undefined): Tensor | undefined {
  return magnitudes && tensor([magnitudes.data.length, 1], magnitudes.data);
}
