import { sizeOf } from '../../tensor.ts';
import { scaleOf, tensorOf } from '../layer.ts';
import type { Method } from '../layer.ts';
import { lowRank } from '../low-rank.ts';
import { columns, flattened, product, rows, transposed } from '../matrix.ts';

/**
 * Low-rank adaptation (Hu et al. 2021): up times down. Convolutions have the kernel in down, or, in CP form
 * (LyCORIS), in a small tensor between the two.
 */
export const lora: Method = {
  name: 'LoRA',
  is: (tensors) => tensors.has('lora_up.weight') && tensors.has('lora_down.weight'),
  read: (tensors) => {
    const [up, down] = ['up', 'down'].map((side) => flattened(tensorOf(tensors, `lora_${side}.weight`)));
    const mid = tensors.get('lora_mid.weight');
    const whole = mid === undefined ? lowRank(up, down) : lowRank(transposed(up), down, mid);
    return {
      scale: scaleOf(tensors, down.shape[0]),
      fits: (shape) => shape[0] === whole.shape[0] && sizeOf(shape) === sizeOf(whole.shape),
      delta: (_, rank) => {
        // A1111 heeds the number of ranks in the plain form alone.
        if (mid !== undefined || rank === undefined) return whole.make().data;
        return product(columns(up, rank), rows(down, rank)).data;
      },
    };
  },
  factors: (stored) => {
    const [down, up] = [stored.get('lora_down.weight'), stored.get('lora_up.weight')];
    return down && up && { down, mid: stored.get('lora_mid.weight'), up };
  },
};
