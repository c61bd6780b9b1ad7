import { add, silu, unsqueeze } from '@bottega/graph';
import type { Value } from '@bottega/graph';
import { convolution, groupNorm, linear, widthOf } from '../layers.ts';

/**
 * Two convolutions, each after normalisation and SiLU, around which the input passes unchanged (He et al. 2015);
 * between them comes the moment.
 * @param moment the activated embedding of the timestep, `[batch, width]`.
 */
export function residualBlock(name: string, x: Value, moment: Value, channels: number): Value {
  const first = convolution(`${name}.in_layers.2`, silu(groupNorm(`${name}.in_layers.0`, x, 1e-5)), channels);
  const told = add(first, unsqueeze(linear(`${name}.emb_layers.1`, moment, channels), [2, 3]));
  const second = convolution(
    `${name}.out_layers.3`,
    silu(groupNorm(`${name}.out_layers.0`, told, 1e-5)),
    channels,
  );
  const skip =
    widthOf(x, 1) === channels ? x : convolution(`${name}.skip_connection`, x, channels, { kernel: 1 });
  return add(skip, second);
}
