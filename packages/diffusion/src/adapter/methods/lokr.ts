import { sizeOf, tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { scaleOf, tensorOf } from '../layer.ts';
import type { LayerTensors, Method } from '../layer.ts';
import { lowRank } from '../low-rank.ts';
import type { LowRank } from '../low-rank.ts';
import { flattened } from '../matrix.ts';

/** Kronecker product (KronA, Edalati et al. 2022; LyCORIS "LoKr"), each factor whole or of low rank. */
export const lokr: Method = {
  name: 'LoKr',
  is: (tensors) => hasFactor(tensors, '1') && hasFactor(tensors, '2'),
  read: (tensors) => {
    const [left, right] = ['1', '2'].map((number) => factorOf(tensors, number));
    const outputs = left.shape[0] * right.shape[0];
    const size = sizeOf(left.shape) * sizeOf(right.shape);
    const rank = tensors.get('lokr_w2_b')?.shape[0] ?? tensors.get('lokr_w1_b')?.shape[0];
    return {
      scale: scaleOf(tensors, rank),
      fits: (shape) => shape[0] === outputs && sizeOf(shape) === size,
      delta: () => kronecker(flattened(left.make()), right.make()),
    };
  },
};

function hasFactor(names: Pick<ReadonlySet<string>, 'has'>, number: string): boolean {
  const whole = `lokr_w${number}`;
  return names.has(whole) || (names.has(`${whole}_a`) && names.has(`${whole}_b`));
}

function factorOf(tensors: LayerTensors, number: string): LowRank {
  const whole = tensors.get(`lokr_w${number}`);
  if (whole !== undefined) return { shape: whole.shape, make: () => whole };
  const [a, b] = ['a', 'b'].map((side) => tensorOf(tensors, `lokr_w${number}_${side}`));
  return lowRank(a, b, tensors.get(`lokr_t${number}`));
}

/** Of a matrix and a matrix or convolution: the kernel stays together. */
function kronecker(left: Tensor, right: Tensor): Float32Array {
  const [rowsLeft, columnsLeft] = left.shape;
  const [rowsRight, columnsRight] = right.shape;
  const taps = sizeOf(right.shape.slice(2));
  const run = columnsRight * taps;
  const result = tensor([rowsLeft * rowsRight, columnsLeft * run]);
  for (let y = 0; y < rowsLeft; y++) {
    for (let v = 0; v < rowsRight; v++) {
      for (let x = 0; x < columnsLeft; x++) {
        const factor = left.data[y * columnsLeft + x];
        const to = ((y * rowsRight + v) * columnsLeft + x) * run;
        for (let i = 0; i < run; i++) result.data[to + i] = factor * right.data[v * run + i];
      }
    }
  }
  return result.data;
}
