import type { RandomSource } from '../api.ts';
import { sizeOf, tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { normalGenerator } from './normal-generator.ts';
import { slerp } from './slerp.ts';

/** Latents of one picture: `[channels, h, w]`. */
export type LatentShape = readonly [number, number, number];

export type ImageNoiseOptions = {
  readonly source: RandomSource;
  readonly shape: LatentShape;
  /** One seed a picture. */
  readonly seeds: readonly number[];
  /** Variation seeds; a picture beyond the list has 0. Default: none vary. */
  readonly subseeds?: readonly number[];
  /** 0 to 1; default 0. */
  readonly subseedStrength?: number;
  /** Height and width in latents of the picture whose composition is wanted; default: the shape's own. */
  readonly resizeFrom?: { readonly height: number; readonly width: number };
  /** After the first noise the generators start again at seed + this ("ENSD"); default 0. */
  readonly etaNoiseSeedDelta?: number;
};

/**
 * The noise of a batch as A1111 draws it: one generator a picture, so that a picture of a batch equals the same
 * picture alone. The first call gives the starting noise, each later one the noise of a sampler's step.
 * @returns a function whose calls give `[seeds, channels, h, w]`.
 */
export function imageNoise(options: ImageNoiseOptions): () => Tensor {
  const { source, shape, seeds, subseeds, subseedStrength = 0, etaNoiseSeedDelta = 0 } = options;
  const { height, width } = options.resizeFrom ?? { height: shape[1], width: shape[2] };
  const ownShape: LatentShape = [shape[0], height, width];
  const resized = height !== shape[1] || width !== shape[2];
  let generators = seeds.map((seed) => normalGenerator(source, seed));
  let first = true;

  const fresh = (seed: number): Tensor => tensor(ownShape, normalGenerator(source, seed)(sizeOf(ownShape)));

  function firstOf(index: number): Float32Array {
    const draw = (): Tensor => tensor(shape, generators[index](sizeOf(shape)));
    const own = resized ? fresh(seeds[index]) : draw();
    const varied =
      subseedStrength === 0 || subseeds === undefined
        ? own
        : slerp(subseedStrength, own, fresh(subseeds[index] ?? 0));
    return (resized ? pasteCentred(varied, draw()) : varied).data;
  }

  return () => {
    const parts = first
      ? seeds.map((_, index) => firstOf(index))
      : generators.map((generator) => generator(sizeOf(shape)));
    if (first && etaNoiseSeedDelta !== 0) {
      generators = seeds.map((seed) => normalGenerator(source, seed + etaNoiseSeedDelta));
    }
    first = false;
    return stack(shape, parts);
  };
}

function stack(shape: LatentShape, parts: readonly Float32Array[]): Tensor {
  const all = tensor([parts.length, ...shape]);
  parts.forEach((part, index) => all.data.set(part, index * sizeOf(shape)));
  return all;
}

/** `ground` with as much of the middle of `picture` in its middle as fits. */
function pasteCentred(picture: Tensor, ground: Tensor): Tensor {
  const [channels, height, width] = ground.shape;
  const [, fromHeight, fromWidth] = picture.shape;
  const vertical = overlap(fromHeight, height);
  const horizontal = overlap(fromWidth, width);
  const data = ground.data.slice();
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < vertical.count; y++) {
      const from = (channel * fromHeight + vertical.from + y) * fromWidth + horizontal.from;
      const to = (channel * height + vertical.to + y) * width + horizontal.to;
      data.set(picture.data.subarray(from, from + horizontal.count), to);
    }
  }
  return tensor(ground.shape, data);
}

/** Where the middle of a line of `from` elements lies in one of `to`; odd differences round as the original's. */
function overlap(from: number, to: number): { from: number; to: number; count: number } {
  const shift = Math.floor((to - from) / 2);
  return shift >= 0
    ? { from: 0, to: shift, count: from }
    : { from: -shift, to: 0, count: Math.min(from + 2 * shift, to) };
}
