import { sizeOf } from '../../tensor.ts';
import { scaleOf, tensorOf } from '../layer.ts';
import type { LayerTensors, Method } from '../layer.ts';
import { lowRank } from '../low-rank.ts';
import type { LowRank } from '../low-rank.ts';

/** Low-rank Hadamard product (FedPara, Hyeon-Woo et al. 2022; LyCORIS "LoHa"): two products, element by element. */
export const loha: Method = {
  name: 'LoHa',
  is: (tensors) => ['hada_w1_a', 'hada_w1_b', 'hada_w2_a', 'hada_w2_b'].every((name) => tensors.has(name)),
  read: (tensors) => {
    const [one, other] = ['1', '2'].map((number) => factorOf(tensors, number));
    const size = sizeOf(one.shape);
    if (one.shape.join() !== other.shape.join()) {
      throw new RangeError('its two products do not fit each other');
    }
    return {
      scale: scaleOf(tensors, tensorOf(tensors, 'hada_w1_b').shape[0]),
      fits: (shape) => shape[0] === one.shape[0] && sizeOf(shape) === size,
      delta: () => {
        const [left, right] = [one.make().data, other.make().data];
        return left.map((value, i) => value * right[i]);
      },
    };
  },
};

function factorOf(tensors: LayerTensors, number: string): LowRank {
  const [a, b] = ['a', 'b'].map((side) => tensorOf(tensors, `hada_w${number}_${side}`));
  return lowRank(a, b, tensors.get(`hada_t${number}`));
}
