import { sizeOf } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { scaleOf, tensorOf } from '../layer.ts';
import type { LayerTensors, Method } from '../layer.ts';
import { flattened, product } from '../matrix.ts';
import { tucker } from '../tucker.ts';

/** Low-rank Hadamard product (FedPara, Hyeon-Woo et al. 2022; LyCORIS "LoHa"): two products, element by element. */
export const loha: Method = {
  name: 'LoHa',
  is: (tensors) => ['hada_w1_a', 'hada_w1_b', 'hada_w2_a', 'hada_w2_b'].every((name) => tensors.has(name)),
  read: (tensors) => {
    const [one, other] = ['1', '2'].map((number) => factorOf(tensors, number));
    const outputs = one.shape[0];
    const size = sizeOf(one.shape);
    if (size !== sizeOf(other.shape)) throw new RangeError('its two products do not fit each other');
    return {
      scale: scaleOf(tensors, tensorOf(tensors, 'hada_w1_b').shape[0]),
      fits: (shape) => shape[0] === outputs && sizeOf(shape) === size,
      delta: () => one.data.map((value, i) => value * other.data[i]),
    };
  },
};

function factorOf(tensors: LayerTensors, number: string): Tensor {
  const a = flattened(tensorOf(tensors, `hada_w${number}_a`));
  const b = flattened(tensorOf(tensors, `hada_w${number}_b`));
  const core = tensors.get(`hada_t${number}`);
  return core === undefined ? product(a, b) : tucker(core, a, b);
}
