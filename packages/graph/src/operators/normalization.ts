import { shapeText, times } from '../dim.ts';
import { apply, floats } from '../value.ts';
import type { Value } from '../value.ts';
import { add, multiply } from './arithmetic.ts';
import { reshape, reshapeLike } from './shape.ts';

export type GroupNormOptions = {
  /** Default 32. */
  readonly groups?: number;
  /** Default 1e-5. */
  readonly epsilon?: number;
};

/**
 * Group normalisation (Wu and He 2018), then scale and shift by channel.
 * The CPU provider has no fast kernel of it; normalising each group as one instance costs nothing measurable.
 * @param x `[batch, channels, height, width]`.
 * @param scale `[1, channels, 1, 1]`, `shift` likewise.
 */
export function groupNorm(x: Value, scale: Value, shift: Value, options: GroupNormOptions = {}): Value {
  const { groups = 32, epsilon = 1e-5 } = options;
  const [batch, channels, height, width] = x.shape;
  if (typeof channels !== 'number' || channels % groups !== 0) {
    throw new RangeError(`the channels of ${shapeText(x.shape)} do not fall into ${groups} groups`);
  }
  const grouped = reshape(x, [batch, groups, times(channels / groups, height, width)]);
  const ones = floats(Array.from({ length: groups }, () => 1));
  const zeros = floats(Array.from({ length: groups }, () => 0));
  const normal = apply('InstanceNormalization', [grouped, ones, zeros], grouped.shape, {
    attributes: { epsilon: { float: epsilon } },
  });
  return add(multiply(reshapeLike(normal, x), scale), shift);
}

/**
 * Layer normalisation over the last axis (Ba et al. 2016).
 * @param scale `[width]`, `shift` likewise.
 */
export function layerNorm(x: Value, scale: Value, shift: Value, epsilon = 1e-5): Value {
  if (x.shape.at(-1) !== scale.shape[0]) {
    throw new RangeError(`${shapeText(x.shape)} cannot be scaled by ${shapeText(scale.shape)}`);
  }
  return apply('LayerNormalization', [x, scale, shift], x.shape, {
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
  });
}
