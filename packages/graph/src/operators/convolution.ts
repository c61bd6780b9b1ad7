import { dividedUp, shapeText } from '../dim.ts';
import { apply } from '../value.ts';
import type { Value } from '../value.ts';

export type ConvolutionOptions = {
  /** Default 1. */
  readonly stride?: number;
  /**
   * `centred` (default) pads both sides by half the kernel, so that stride 1 keeps the size;
   * `after` pads only right and below by one, as the VAE's downsampling does.
   */
  readonly padding?: 'centred' | 'after';
};

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
  return apply('Conv', [x, kernel, bias], [batch, out, dividedUp(height, stride), dividedUp(width, stride)], {
    attributes: {
      kernel_shape: { ints: [size, size] },
      pads: { ints: padding === 'after' ? [0, 0, 1, 1] : [half, half, half, half] },
      strides: { ints: [stride, stride] },
    },
  });
}
