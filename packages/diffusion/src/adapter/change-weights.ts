import { readTensors } from '../checkpoint/read-tensors.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import { sizeOf, tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { dora } from './dora.ts';
import type { FittedAdapter, FittedLayer } from './fit-adapter.ts';

/** An adapter in use: `<lora:NAME:TEXT:UNET:dyn=RANK>`. */
export type AdapterUse = {
  readonly fitted: FittedAdapter;
  /** Strength in the text encoders; 0 leaves them alone, negative numbers turn the change round. */
  readonly text: number;
  /** Strength in the UNet. */
  readonly unet: number;
  /** Only the first so many ranks, the scale unchanged. */
  readonly rank?: number;
};

/**
 * The weights of a checkpoint that adapters change, one after the other, so that memory holds one of them. Several
 * adapters are applied in their order, each to what the one before has left.
 *
 * A bias that the checkpoint lacks is made of zeros: A1111 adds it to the layer.
 * @example for await (const [name, changed] of changedWeights(file, [{ fitted, text: 0.8, unet: 0.8 }])) ...
 */
export async function* changedWeights(
  file: WeightFile,
  uses: readonly AdapterUse[],
): AsyncGenerator<readonly [name: string, changed: Tensor]> {
  const steps = new Map<string, ((base: Tensor) => Tensor)[]>();
  const biasSizes = new Map<string, number>();
  const add = (name: string, step: (base: Tensor) => Tensor): void => {
    steps.set(name, [...(steps.get(name) ?? []), step]);
  };
  for (const { fitted, text, unet, rank } of uses) {
    for (const layer of fitted.layers) {
      const strength = layer.part === 'unet' ? unet : text;
      if (strength === 0) continue;
      add(layer.weight, (base) => changeWeight(base, layer, strength, rank));
      const { bias } = layer.change;
      if (bias === undefined) continue;
      biasSizes.set(layer.bias, bias.length);
      add(layer.bias, (base) => changed(base, (value, i) => value + strength * bias[i]));
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
  const places = placesOf(base.shape, layer);
  const part =
    places === undefined
      ? base
      : tensor(
          places.shape,
          base.data.filter((_, i) => places.has(i)),
        );
  const delta = deltaOf(part, layer, rank);
  if (places === undefined) return changed(base, (value, i) => value + strength * delta[i]);
  let next = 0;
  return changed(base, (value, i) => (places.has(i) ? value + strength * delta[next++] : value));
}

function deltaOf(base: Tensor, { change, doraScale }: FittedLayer, rank?: number): Float32Array {
  const { scale } = change;
  const plain = change.delta(base, rank);
  const scaled = scale === 1 ? plain : plain.map((value) => value * scale);
  return doraScale === undefined ? scaled : dora(base, scaled, doraScale);
}

/** Which elements of a weight a layer is about; undefined for all of them. */
function placesOf(
  shape: readonly number[],
  { rows, channels }: FittedLayer,
): { readonly shape: readonly number[]; readonly has: (i: number) => boolean } | undefined {
  const [height, width, ...kernel] = shape;
  if (rows !== undefined) {
    const run = sizeOf(shape.slice(1));
    const [from, to] = rows;
    return { shape: [to - from, width, ...kernel], has: (i) => i >= from * run && i < to * run };
  }
  if (channels === undefined) return undefined;
  const taps = sizeOf(kernel);
  return { shape: [height, channels, ...kernel], has: (i) => Math.floor(i / taps) % width < channels };
}

function changed({ shape, data }: Tensor, of: (value: number, i: number) => number): Tensor {
  return tensor(shape, data.map(of));
}
