import { sizeOf } from '../../tensor.ts';
import { scaleOf, tensorOf } from '../layer.ts';
import type { Method } from '../layer.ts';

/** The whole change of the weight, and of the bias where there is one (LyCORIS "full"). */
export const full: Method = {
  name: 'full',
  is: (tensors) => tensors.has('diff'),
  read: (tensors) => {
    const { shape: own, data } = tensorOf(tensors, 'diff');
    return {
      scale: scaleOf(tensors),
      fits: (shape) => shape[0] === own[0] && sizeOf(shape) === data.length,
      delta: () => data,
      bias: tensors.get('diff_b')?.data,
    };
  },
};
