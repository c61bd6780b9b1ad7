import { sizeOf } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { scaleOf, tensorOf } from '../layer.ts';
import type { Method } from '../layer.ts';
import { flattened, product, rows, transposed } from '../matrix.ts';
import { tucker } from '../tucker.ts';

/**
 * Low-rank adaptation (Hu et al. 2021): up times down. Convolutions have the kernel in down, or, in CP form
 * (LyCORIS), in a small tensor between the two.
 */
export const lora: Method = {
  name: 'LoRA',
  is: (tensors) => tensors.has('lora_up.weight') && tensors.has('lora_down.weight'),
  read: (tensors) => {
    const up = tensorOf(tensors, 'lora_up.weight');
    const down = tensorOf(tensors, 'lora_down.weight');
    const mid = tensors.get('lora_mid.weight');
    const rank = down.shape[0];
    const outputs = up.shape[0];
    requireRanks(up, down, mid);
    const size = outputs * sizeOf(down.shape.slice(1)) * (mid === undefined ? 1 : sizeOf(mid.shape.slice(2)));
    return {
      scale: scaleOf(tensors, rank),
      fits: (shape) => shape[0] === outputs && sizeOf(shape) === size,
      delta: (_, ranks = rank) => {
        if (mid !== undefined) return tucker(mid, transposed(flattened(up)), flattened(down)).data;
        const used = transposed(rows(transposed(flattened(up)), ranks));
        return product(used, rows(flattened(down), ranks)).data;
      },
    };
  },
};

function requireRanks(up: Tensor, down: Tensor, mid?: Tensor): void {
  const inner = mid === undefined ? [down.shape[0], down.shape[0]] : mid.shape.slice(0, 2);
  const isPointwise = mid === undefined || sizeOf(down.shape.slice(2)) === 1;
  const upRank = sizeOf(up.shape.slice(1));
  if (inner[0] !== upRank || inner[1] !== down.shape[0] || !isPointwise || (mid && mid.shape.length !== 4)) {
    throw new RangeError(
      `its tensors of ${up.shape.join('x')} and ${down.shape.join('x')} do not fit each other`,
    );
  }
}
