import type { EmphasisMode } from '../api.ts';
import { tensor, type Tensor } from '../tensor.ts';

/**
 * Applies prompt weights to the text encoder's output as A1111's emphasis modes do.
 *
 * `Original` multiplies every token's vector by its weight and then scales the whole tensor so that its mean is as
 * before; `No norm` multiplies only; `Ignore` and `None` do nothing. Weights of 1 throughout change nothing at all.
 * @param z `[batch, 77, width]`: the same chunk of the texts that are encoded together (one group of a prompt plan);
 *   the mean is taken over all of it, so the texts of one schedule influence each other
 * @param multipliers `[batch][77]`
 * @param counts how often each row of the batch stands in the schedule; default once each
 */
export function applyEmphasis(
  mode: EmphasisMode,
  z: Tensor,
  multipliers: readonly (readonly number[])[],
  counts?: readonly number[],
): Tensor {
  const isPlain = multipliers.every((row) => row.every((weight) => weight === 1));
  if (mode === 'Ignore' || mode === 'None' || isPlain) return z;

  const [, length, width] = z.shape;
  const weighted = z.data.map((value, i) => {
    const token = Math.floor(i / width);
    return value * Math.fround(multipliers[Math.floor(token / length)][token % length]);
  });
  if (mode === 'No norm') return tensor(z.shape, weighted);

  const rowSize = length * width;
  const scale = Math.fround(
    Math.fround(mean(z.data, rowSize, counts)) / Math.fround(mean(weighted, rowSize, counts)),
  );
  return tensor(
    z.shape,
    weighted.map((value) => value * scale),
  );
}

/** Mean of a batch whose rows of `rowSize` values count `counts` times each. */
function mean(values: Float32Array, rowSize: number, counts: readonly number[] | undefined): number {
  let sum = 0;
  let total = 0;
  for (let start = 0, row = 0; start < values.length; start += rowSize, row++) {
    const count = counts?.[row] ?? 1;
    let rowSum = 0;
    for (let i = start; i < start + rowSize; i++) rowSum += values[i];
    sum += rowSum * count;
    total += rowSize * count;
  }
  return sum / total;
}
