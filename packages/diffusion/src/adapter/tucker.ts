import { sizeOf, tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { flattened, product, transposed } from './matrix.ts';

/**
 * A convolution's weight from its CP (Tucker) form: W[o, i, y, x] = sum over a, b of core[a, b, y, x] A[a, o] B[b, i].
 * @returns [outputs, inputs, height, width] of the kernel.
 */
export function tucker(core: Tensor, a: Tensor, b: Tensor): Tensor {
  const [outerRank, innerRank, ...kernel] = core.shape;
  if (core.shape.length !== 4 || a.shape[0] !== outerRank || b.shape[0] !== innerRank) {
    throw new RangeError(`its core of ${core.shape.join('x')} does not fit its factors`);
  }
  const [outputs, inputs] = [a.shape[1], b.shape[1]];
  const taps = sizeOf(kernel);
  const mixed = product(transposed(a), flattened(core));
  const data = new Float32Array(outputs * inputs * taps);
  const across = transposed(b);
  for (let o = 0; o < outputs; o++) {
    const start = o * innerRank * taps;
    const slice = tensor([innerRank, taps], mixed.data.subarray(start, start + innerRank * taps));
    data.set(product(across, slice).data, o * inputs * taps);
  }
  return tensor([outputs, inputs, ...kernel], data);
}
