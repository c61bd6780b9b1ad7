import { readTensors } from '../checkpoint/read-tensors.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import { sizeOf, tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { strengthFor } from './adapter-use.ts';
import type { AdapterStrength } from './adapter-use.ts';
import { dora } from './dora.ts';
import type { FittedAdapter, FittedLayer } from './fit-adapter.ts';

/** An adapter in use. */
export type AdapterUse = AdapterStrength & { readonly fitted: FittedAdapter };

/**
 * The weights of a checkpoint that adapters change, one after the other, so that memory holds one of them. Several
 * adapters are applied in their order, each to what the one before has left.
 *
 * A bias that the checkpoint lacks is made of zeros: A1111 adds it to the layer.
 * @param isMeant which weights and biases to change; default all.
 * @example for await (const [name, weight] of changedWeights(file, [{ fitted, text: 0.8, unet: 0.8 }])) ...
 */
export async function* changedWeights(
  file: WeightFile,
  uses: readonly AdapterUse[],
  isMeant: (name: string) => boolean = () => true,
): AsyncGenerator<readonly [name: string, weight: Tensor]> {
  const steps = new Map<string, ((base: Tensor) => Tensor)[]>();
  const biasSizes = new Map<string, number>();
  const add = (name: string, step: (base: Tensor) => Tensor): void => {
    if (isMeant(name)) steps.set(name, [...(steps.get(name) ?? []), step]);
  };
  for (const use of uses) {
    for (const layer of use.fitted.layers) {
      const strength = strengthFor(use, layer);
      if (strength === 0) continue;
      add(layer.weight, (base) => changeWeight(base, layer, strength, use.rank));
      const { bias } = layer.change;
      // Of queries, keys and values in one weight A1111 changes no bias.
      if (bias === undefined || layer.rows !== undefined) continue;
      biasSizes.set(layer.bias, bias.length);
      add(layer.bias, ({ shape, data }) =>
        tensor(
          shape,
          data.map((value, i) => value + strength * bias[i]),
        ),
      );
    }
  }
  for (const [name, own] of steps) {
    const stored = (await readTensors(file, [name])).get(name);
    const base = stored ?? tensor([biasSizes.get(name) ?? 0]);
    yield [name, own.reduce((weight, step) => step(weight), base)];
  }
}

/**
 * A weight with what one layer of an adapter makes of it.
 * @param base the whole weight, as the checkpoint has it.
 */
export function changeWeight(base: Tensor, layer: FittedLayer, strength: number, rank?: number): Tensor {
  const { change, doraScale } = layer;
  const { shape, runs } = partOf(base.shape, layer);
  const part = tensor(shape, gathered(base.data, runs));
  const plain = change.delta(part, rank);
  const delta = doraScale === undefined ? plain : dora(part, times(plain, change.scale), doraScale);
  const factor = doraScale === undefined ? strength * change.scale : strength;
  const data = base.data.slice();
  let next = 0;
  for (const [start, length] of runs) {
    for (let i = start; i < start + length; i++) data[i] += factor * delta[next++];
  }
  return tensor(base.shape, data);
}

type Part = {
  readonly shape: readonly number[];
  /** Where its elements lie in the weight. */
  readonly runs: readonly (readonly [start: number, length: number])[];
};

/** The part of a weight that a layer is about: all of it, some rows, or the first channels of every row. */
function partOf(shape: readonly number[], { rows, channels }: FittedLayer): Part {
  const [height, width, ...kernel] = shape;
  const row = sizeOf(shape.slice(1));
  if (rows !== undefined) {
    const count = rows[1] - rows[0];
    return { shape: [count, ...shape.slice(1)], runs: [[rows[0] * row, count * row]] };
  }
  if (channels === undefined) return { shape, runs: [[0, height * row]] };
  const length = (row / width) * channels;
  const runs = Array.from({ length: height }, (_, y) => [y * row, length] as const);
  return { shape: [height, channels, ...kernel], runs };
}

function gathered(data: Float32Array, runs: Part['runs']): Float32Array {
  if (runs.length === 1) return data.subarray(runs[0][0], runs[0][0] + runs[0][1]);
  const part = new Float32Array(runs.reduce((sum, [, length]) => sum + length, 0));
  let at = 0;
  for (const [start, length] of runs) {
    part.set(data.subarray(start, start + length), at);
    at += length;
  }
  return part;
}

function times(data: Float32Array, factor: number): Float32Array {
  return factor === 1 ? data : data.map((value) => value * factor);
}
