import { sizeOf } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/**
 * Weight-decomposed adaptation (Liu et al. 2024, "DoRA"): the changed weight keeps its direction and takes a learned
 * length. Lengths are those of each input's weights, where `scale` is [1, inputs, ...] as kohya and LyCORIS have it,
 * or of each output's, where it is [outputs, 1, ...].
 * @param delta the change without it, in the base's order.
 * @returns the change with it.
 */
export function dora(base: Tensor, delta: Float32Array, scale: Tensor): Float32Array {
  const axis = doraAxis(base.shape, scale.shape);
  if (axis === undefined) throw new RangeError(`its DoRA scale of ${scale.shape.join('x')} does not fit`);
  const taps = sizeOf(base.shape.slice(2));
  const run = axis === 1 ? taps : taps * base.shape[1];
  const lineOf = (i: number): number => Math.floor(i / run) % base.shape[axis];
  const squares = new Float64Array(base.shape[axis]);
  const merged = base.data.map((value, i) => value + delta[i]);
  for (const [i, value] of merged.entries()) squares[lineOf(i)] += value * value;
  const factors = squares.map((square, line) => (square === 0 ? 1 : scale.data[line] / Math.sqrt(square)));
  return merged.map((value, i) => value * factors[lineOf(i)] - base.data[i]);
}

/** Along which axis of a weight a scale of this shape has one number for each line; undefined where it fits none. */
export function doraAxis(shape: readonly number[], scale: readonly number[]): 0 | 1 | undefined {
  if (scale.length < 2 || shape.length < 2 || sizeOf(scale.slice(2)) !== 1) return undefined;
  if (scale[0] === 1 && scale[1] === shape[1]) return 1;
  return scale[1] === 1 && scale[0] === shape[0] ? 0 : undefined;
}
