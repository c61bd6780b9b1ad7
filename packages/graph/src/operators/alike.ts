import { shapeText } from '../dim.ts';
import { apply } from '../value.ts';
import type { Value } from '../value.ts';

/**
 * Another convolution with the strides and the padding of one that is there, without a bias.
 * @param value the result of a convolution.
 * @param x what to convolve, of the height and width of what that one takes.
 * @param kernel of the size of that one's.
 */
export function convolvedLike(value: Value, x: Value, kernel: Value): Value {
  const { source } = value;
  if (source.kind !== 'node' || source.node.operator !== 'Conv')
    throw new RangeError('that is no convolution');
  const own = source.node.inputs[1]?.shape ?? [];
  if (kernel.shape.slice(2).join() !== own.slice(2).join() || kernel.shape[1] !== x.shape[1]) {
    throw new RangeError(`${shapeText(x.shape)} cannot be convolved with ${shapeText(kernel.shape)}`);
  }
  const [batch, , height, width] = value.shape;
  return apply('Conv', [x, kernel], [batch, kernel.shape[0], height, width], source.node);
}

/** Channels mixed at each place: a convolution with a kernel of one pixel, without a bias. */
export function mixed(x: Value, kernel: Value): Value {
  if (kernel.shape[1] !== x.shape[1]) {
    throw new RangeError(`${shapeText(x.shape)} cannot be mixed by ${shapeText(kernel.shape)}`);
  }
  const [batch, , height, width] = x.shape;
  return apply('Conv', [x, kernel], [batch, kernel.shape[0], height, width], {
    attributes: { kernel_shape: { ints: [1, 1] } },
  });
}
