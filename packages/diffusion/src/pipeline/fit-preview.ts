import type { Decoder } from '../denoiser/network.ts';
import { philoxNormals } from '../random/philox-normals.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import type { PreviewFactors } from '../models/families/preview-factors.ts';

type Row = readonly number[];

const channels = 4;

/** Patches of one colour are what the factors are fitted to; this many on a side, and elements in each. */
const patches = 4;
const patchSide = 4;

/**
 * Fits the factors to a model's own decoder by least squares, on a small picture of random patches.
 * @param decode scaled latents to pixels in -1..1.
 */
export async function fitPreview(decode: Decoder): Promise<PreviewFactors> {
  const side = patches * patchSide;
  const colours = philoxNormals(0)(channels * patches ** 2);
  const latents = tensor([1, channels, side, side]);
  for (let i = 0; i < latents.data.length; i++) {
    const [channel, y, x] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side];
    latents.data[i] =
      colours[(channel * patches + Math.floor(y / patchSide)) * patches + Math.floor(x / patchSide)];
  }
  const pixels = await decode(latents);
  const inputs = Array.from({ length: patches ** 2 }, (_, patch) => [
    ...Array.from({ length: channels }, (_, channel) => colours[channel * patches ** 2 + patch]),
    1,
  ]);
  const fit = (colour: number): Row =>
    leastSquares(
      inputs,
      inputs.map((_, patch) => patchMean(pixels, colour, patch)),
    );
  return [fit(0), fit(1), fit(2)];
}

/** Mean of a colour over the inner half of a patch, where its neighbours count little. */
function patchMean(pixels: Tensor, colour: number, patch: number): number {
  const [, , height, width] = pixels.shape;
  const size = width / patches;
  const top = Math.floor(patch / patches) * size + size / 4;
  const left = (patch % patches) * size + size / 4;
  let sum = 0;
  let count = 0;
  for (let y = Math.floor(top); y < top + size / 2; y++) {
    for (let x = Math.floor(left); x < left + size / 2; x++, count++) {
      sum += pixels.data[(colour * height + y) * width + x];
    }
  }
  return sum / count;
}

/** The weights that bring `inputs` closest to `targets`, by the normal equations, slightly regularised. */
function leastSquares(inputs: readonly Row[], targets: Row): Row {
  const n = inputs[0].length;
  const matrix = Array.from({ length: n }, (_, i) => [
    ...Array.from({ length: n }, (_, j) =>
      inputs.reduce((sum, row) => sum + row[i] * row[j], i === j ? 1e-3 : 0),
    ),
    inputs.reduce((sum, row, k) => sum + row[i] * targets[k], 0),
  ]);
  for (let pivot = 0; pivot < n; pivot++) {
    for (let row = 0; row < n; row++) {
      if (row === pivot) continue;
      const factor = matrix[row][pivot] / matrix[pivot][pivot];
      for (let column = pivot; column <= n; column++) matrix[row][column] -= factor * matrix[pivot][column];
    }
  }
  return matrix.map((row, i) => row[n] / row[i]);
}
