import { sizeOf } from '../../tensor.ts';
import { scaleOf, tensorOf } from '../layer.ts';
import type { Method } from '../layer.ts';

/** (IA)3 (Liu et al. 2022): every input or output of the layer by a factor of its own, less 1. */
export const ia3: Method = {
  name: 'IA3',
  is: (tensors) => tensors.has('weight'),
  read: (tensors) => {
    const factors = tensorOf(tensors, 'weight').data;
    const isOnInput = tensors.get('on_input')?.data[0] === 1;
    return {
      scale: scaleOf(tensors),
      fits: (shape) => shape.length > 1 && shape[isOnInput ? 1 : 0] === factors.length,
      delta: ({ shape, data }) => {
        const taps = sizeOf(shape.slice(2));
        const run = isOnInput ? taps : taps * shape[1];
        return data.map((value, i) => value * factors[Math.floor(i / run) % factors.length]);
      },
    };
  },
};
