import { times } from '../dim.ts';
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
  const [batch, channels, height, width] = x.shape;
  return apply(
    'Resize',
    [x, undefined, floats([1, 1, 2, 2])],
    [batch, channels, times(2, height), times(2, width)],
    { attributes: nearest },
  );
}

/** x brought to the height and width of another value, each pixel from the nearest. */
export function resizedLike(x: Value, like: Value): Value {
  const shape = [...x.shape.slice(0, 2), ...like.shape.slice(2)];
  return apply('Resize', [x, undefined, undefined, shapeOf(like, 2)], shape, {
    attributes: { ...nearest, axes: { ints: [2, 3] } },
  });
}
