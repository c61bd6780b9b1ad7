import { sizeOf } from '../../tensor.ts';
import { scaleOf, tensorOf } from '../layer.ts';
import type { Method } from '../layer.ts';
import { lowRank } from '../low-rank.ts';
import { flattened, product } from '../matrix.ts';

/** Generalised LoRA (Chavan et al. 2023) without its biases: W A2 A1 + B2 B1. */
export const glora: Method = {
  name: 'GLoRA',
  is: (tensors) =>
    ['a1.weight', 'a2.weight', 'b1.weight', 'b2.weight', 'alpha'].every((name) => tensors.has(name)),
  read: (tensors) => {
    const [a1, a2, b1, b2] = ['a1', 'a2', 'b1', 'b2'].map((name) =>
      flattened(tensorOf(tensors, `${name}.weight`)),
    );
    const own = lowRank(b2, b1);
    const [outputs, inputs] = own.shape;
    if (a2.shape[0] !== inputs || a1.shape[1] !== inputs || a2.shape[1] !== a1.shape[0]) {
      throw new RangeError('its two products do not fit each other');
    }
    return {
      scale: scaleOf(tensors),
      fits: (shape) => shape[0] === outputs && sizeOf(shape) === outputs * inputs,
      delta: (base) => {
        const { data } = product(product(flattened(base), a2), a1);
        const added = own.make().data;
        return data.map((value, i) => value + added[i]);
      },
    };
  },
};
