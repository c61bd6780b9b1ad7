import { add, attention, silu } from '@bottega/graph';
import type { Value } from '@bottega/graph';
import { convolution, groupNorm, linear, pictureOf, pixelsOf, widthOf } from '../layers.ts';

/** Two convolutions, each after normalisation and SiLU, around which the input passes unchanged. */
export function residualBlock(name: string, x: Value, channels: number): Value {
  const first = convolution(`${name}.conv1`, activated(`${name}.norm1`, x), channels);
  const second = convolution(`${name}.conv2`, activated(`${name}.norm2`, first), channels);
  const skip =
    widthOf(x, 1) === channels ? x : convolution(`${name}.nin_shortcut`, x, channels, { kernel: 1 });
  return add(skip, second);
}

/** The coarsest level: attention among all pixels between two residual blocks. */
export function middle(name: string, x: Value): Value {
  const channels = widthOf(x, 1);
  const before = residualBlock(`${name}.block_1`, x, channels);
  return residualBlock(`${name}.block_2`, attended(`${name}.attn_1`, before), channels);
}

/** SiLU of the normalised input. */
export function activated(name: string, x: Value): Value {
  return silu(groupNorm(name, x, 1e-6));
}

function attended(name: string, x: Value): Value {
  const channels = widthOf(x, 1);
  const pixels = pixelsOf(groupNorm(`${name}.norm`, x, 1e-6));
  const [queries, keys, values] = ['q', 'k', 'v'].map((part) =>
    linear(`${name}.${part}`, pixels, channels, 'kernel'),
  );
  const seen = attention(queries, keys, values, { heads: 1 });
  return add(x, pictureOf(linear(`${name}.proj_out`, seen, channels, 'kernel'), x));
}
