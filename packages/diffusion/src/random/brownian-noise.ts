import type { RandomSource } from '../api.ts';
import { sizeOf, tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { brownianTree } from './brownian-tree.ts';
import type { LatentShape } from './image-noise.ts';

export type BrownianNoiseOptions = {
  readonly source: RandomSource;
  readonly shape: LatentShape;
  /** One seed a picture. */
  readonly seeds: readonly number[];
  /** The schedule's smallest sigma above zero, and its largest. */
  readonly sigmaMin: number;
  readonly sigmaMax: number;
};

/**
 * Noise of unit variance for a step from `sigma` to `sigmaNext`, the increment of one Brownian path per picture:
 * the SDE samplers then take similar roads whatever the number of steps
 * (k-diffusion's BrownianTreeNoiseSampler on torchsde's BrownianTree).
 * @returns a function giving `[seeds, channels, h, w]`.
 */
export function brownianNoise(options: BrownianNoiseOptions): (sigma: number, sigmaNext: number) => Tensor {
  const { source, shape, seeds, sigmaMin, sigmaMax } = options;
  const trees = seeds.map((seed) =>
    brownianTree(source, seed, sizeOf(shape), Math.fround(sigmaMin), Math.fround(sigmaMax)),
  );
  return (sigma, sigmaNext) => {
    const from = Math.fround(Math.min(sigma, sigmaNext));
    const to = Math.fround(Math.max(sigma, sigmaNext));
    const scale = (sigma < sigmaNext ? 1 : -1) / Math.sqrt(to - from);
    const noise = tensor([seeds.length, ...shape]);
    trees.forEach((increment, index) =>
      noise.data.set(
        increment(from, to).map((value) => value * scale),
        index * sizeOf(shape),
      ),
    );
    return noise;
  };
}
