import { shapeText, times } from '../dim.ts';
import { apply, floats } from '../value.ts';
import type { Attributes, Value } from '../value.ts';
import { shapeOf } from './shape.ts';

const nearest: Attributes = {
  mode: { string: 'nearest' },
  coordinate_transformation_mode: { string: 'asymmetric' },
  nearest_mode: { string: 'floor' },
};

/** Repeats every pixel of `[batch, channels, height, width]` twice in both directions. */
export function doubled(x: Value): Value {
  return repeated(x, 2);
}

/** Repeats every pixel of `[batch, channels, height, width]` `factor` times in both directions. */
export function repeated(x: Value, factor: number): Value {
  const [batch, channels, height, width] = x.shape;
  return apply(
    'Resize',
    [x, undefined, floats([1, 1, factor, factor])],
    [batch, channels, times(factor, height), times(factor, width)],
    { attributes: nearest },
  );
}

/**
 * Makes pixels of channels: `[batch, channels * factor^2, height, width]` becomes
 * `[batch, channels, factor * height, factor * width]`, as PyTorch's `pixel_shuffle` does (Shi et al. 2016).
 */
export function pixelShuffle(x: Value, factor: number): Value {
  const [batch, channels, height, width] = x.shape;
  if (typeof channels !== 'number' || channels % factor ** 2 !== 0) {
    throw new RangeError(`the channels of ${shapeText(x.shape)} do not make pixels of ${factor}x${factor}`);
  }
  return apply(
    'DepthToSpace',
    [x],
    [batch, channels / factor ** 2, times(factor, height), times(factor, width)],
    { attributes: { blocksize: { int: factor }, mode: { string: 'CRD' } } },
  );
}

/** x brought to the height and width of another value, each pixel from the nearest. */
export function resizedLike(x: Value, like: Value): Value {
  const shape = [...x.shape.slice(0, 2), ...like.shape.slice(2)];
  return apply('Resize', [x, undefined, undefined, shapeOf(like, 2)], shape, {
    attributes: { ...nearest, axes: { ints: [2, 3] } },
  });
}
