import { sizeOf, tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { scaleOf, tensorOf } from '../layer.ts';
import type { LayerTensors, Method } from '../layer.ts';
import { lowRank } from '../low-rank.ts';
import type { LowRank } from '../low-rank.ts';
import { flattened, product, transposed } from '../matrix.ts';

/** Generalised LoRA (Chavan et al. 2023) without its biases: W A + B, both of low rank. */
export const glora: Method = {
  name: 'GLoRA',
  is: (tensors) =>
    ['a1.weight', 'a2.weight', 'b1.weight', 'b2.weight', 'alpha'].every((name) => tensors.has(name)),
  read: (tensors) => {
    const { a, b, scale } = partsOf(tensors);
    const [outputs, inputs] = b.shape;
    const size = sizeOf(b.shape);
    if (a.shape[0] !== a.shape[1] || a.shape[0] !== inputs) {
      throw new RangeError('its two products do not fit each other');
    }
    return {
      scale,
      fits: (shape) => shape[0] === outputs && shape[1] === inputs && sizeOf(shape) === size,
      delta: (base) => {
        const mixed = mixedInputs(base, a.make());
        const added = b.make().data;
        return mixed.map((value, i) => value + added[i]);
      },
    };
  },
};

type Parts = { readonly a: LowRank; readonly b: LowRank; readonly scale: number };

/**
 * LyCORIS has written the factors of a product in either order. A1111 knows the first, A = A2 A1 and B = B2 B1, which
 * it does not scale; the later one is A = A1 A2 and B = B1 B2, with a kernel in B2 or in a core. A factor is longer
 * than wide or wider than long, which tells them apart.
 */
function partsOf(tensors: LayerTensors): Parts {
  const [a1, a2, b1, b2] = ['a1', 'a2', 'b1', 'b2'].map((name) => tensorOf(tensors, `${name}.weight`));
  const [height, width] = flattened(b1).shape;
  if (height <= width) return { a: lowRank(a2, a1), b: lowRank(b2, b1), scale: scaleOf(tensors) };
  const core = tensors.get('bm.weight');
  const b = core === undefined ? withKernel(b1, b2) : lowRank(transposed(flattened(b1)), b2, core);
  return { a: lowRank(a1, a2), b, scale: scaleOf(tensors, b2.shape[0]) };
}

/** The second factor's kernel is the whole weight's. */
function withKernel(first: Tensor, second: Tensor): LowRank {
  const { shape, make } = lowRank(first, second);
  const [outputs] = shape;
  return { shape: [outputs, ...second.shape.slice(1)], make };
}

/** W A of a matrix or a convolution: its inputs are mixed, at every place of the kernel alike. */
function mixedInputs(base: Tensor, a: Tensor): Float32Array {
  const [outputs, inputs, ...kernel] = base.shape;
  const taps = sizeOf(kernel);
  if (taps === 1) return product(tensor([outputs, inputs], base.data), a).data;
  const mixing = transposed(a);
  const data = new Float32Array(base.data.length);
  const run = inputs * taps;
  for (let o = 0; o < outputs; o++) {
    const own = tensor([inputs, taps], base.data.subarray(o * run, (o + 1) * run));
    data.set(product(mixing, own).data, o * run);
  }
  return data;
}
