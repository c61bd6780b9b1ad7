import { dividedUp, plus, shapeText } from '../dim.ts';
import { apply } from '../value.ts';
import type { Value } from '../value.ts';

export type ConvolutionOptions = {
  /** Default 1. */
  readonly stride?: number;
  /**
   * `centred` (default) pads both sides by half the kernel, so that stride 1 keeps the size;
   * `after` pads only right and below by one, as the VAE's downsampling does. `centred-sides` and `after-sides` do
   * so left and right only, for a part of a picture that comes with the rows above and below it.
   */
  readonly padding?: Padding;
};

type Padding = 'centred' | 'after' | 'centred-sides' | 'after-sides';

/**
 * Two-dimensional convolution with a square kernel of odd size.
 * @param x `[batch, channels, height, width]`.
 * @param kernel `[out, channels, size, size]`.
 * @param bias `[out]`.
 */
export function convolve(x: Value, kernel: Value, bias: Value, options: ConvolutionOptions = {}): Value {
  const { stride = 1, padding = 'centred' } = options;
  const [out, channels, size] = kernel.shape;
  const [batch, found, height, width] = x.shape;
  if (found !== channels || typeof size !== 'number') {
    throw new RangeError(`${shapeText(x.shape)} cannot be convolved with ${shapeText(kernel.shape)}`);
  }
  const half = (size - 1) / 2;
  const [before, after] = padding.startsWith('after') ? [0, 1] : [half, half];
  const isPart = padding.endsWith('sides');
  const seen = isPart ? plus(height, -before - after) : height;
  return apply('Conv', [x, kernel, bias], [batch, out, dividedUp(seen, stride), dividedUp(width, stride)], {
    attributes: {
      kernel_shape: { ints: [size, size] },
      pads: { ints: isPart ? [0, before, 0, after] : [before, before, after, after] },
      strides: { ints: [stride, stride] },
    },
  });
}
