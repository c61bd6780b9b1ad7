import { scaleOf, tensorOf } from '../layer.ts';
import type { Method } from '../layer.ts';

/** The change of a normalisation's weight and bias (LyCORIS "norm"). */
export const norm: Method = {
  name: 'norm',
  is: (tensors) => tensors.has('w_norm') && tensors.has('b_norm'),
  read: (tensors) => {
    const { data } = tensorOf(tensors, 'w_norm');
    return {
      scale: scaleOf(tensors),
      fits: (shape) => shape.length === 1 && shape[0] === data.length,
      delta: () => data,
      bias: tensorOf(tensors, 'b_norm').data,
    };
  },
};
