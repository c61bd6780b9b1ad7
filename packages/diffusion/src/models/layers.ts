/** The layers that all models are made of, with weights named as PyTorch names them: `NAME.weight`, `NAME.bias`. */
import {
  add,
  convolve,
  groupNorm as normalizeGroups,
  layerNorm as normalizeVectors,
  project,
  reshape,
  reshapeLike,
  shapeText,
  times,
  transpose,
  weight,
} from '@bottega/graph';
import type { ConvolutionOptions, Value } from '@bottega/graph';

export type ConvolutionLayer = ConvolutionOptions & {
  /** Extent of the kernel in both directions; default 3. */
  readonly kernel?: number;
};

/** A convolution to `channels` channels. */
export function convolution(name: string, x: Value, channels: number, options: ConvolutionLayer = {}): Value {
  const { kernel = 3 } = options;
  const shape = [channels, widthOf(x, 1), kernel, kernel];
  return convolve(x, weight(`${name}.weight`, shape), weight(`${name}.bias`, [channels]), options);
}

/** How the matrix of a linear layer lies in the checkpoint: as it is, or as a convolution with a 1x1 kernel. */
export type MatrixStorage = 'matrix' | 'kernel';

/** A linear layer on the last axis. */
export function linear(name: string, x: Value, width: number, stored: MatrixStorage = 'matrix'): Value {
  return add(linearWithoutBias(name, x, width, stored), weight(`${name}.bias`, [width]));
}

export function linearWithoutBias(
  name: string,
  x: Value,
  width: number,
  stored: MatrixStorage = 'matrix',
): Value {
  const matrix = [width, widthOf(x, x.shape.length - 1)];
  return project(x, weight(`${name}.weight`, matrix, stored === 'kernel' ? [...matrix, 1, 1] : matrix));
}

/** Group normalisation in 32 groups of channels. */
export function groupNorm(name: string, x: Value, epsilon: number): Value {
  const channels = widthOf(x, 1);
  const parameter = (kind: string): Value => weight(`${name}.${kind}`, [1, channels, 1, 1], [channels]);
  return normalizeGroups(x, parameter('weight'), parameter('bias'), { groups: 32, epsilon });
}

export function layerNorm(name: string, x: Value): Value {
  const width = widthOf(x, x.shape.length - 1);
  return normalizeVectors(x, weight(`${name}.weight`, [width]), weight(`${name}.bias`, [width]), 1e-5);
}

/** `[batch, channels, height, width]` as a sequence of pixels, `[batch, height * width, channels]`. */
export function pixelsOf(x: Value): Value {
  const [batch, channels, height, width] = x.shape;
  return transpose(reshape(x, [batch, channels, times(height, width)]), [0, 2, 1]);
}

/** A sequence of pixels back in the shape of a picture. */
export function pictureOf(pixels: Value, like: Value): Value {
  return reshapeLike(transpose(pixels, [0, 2, 1]), like);
}

/** The extent of an axis that every model fixes: channels, or the width of a vector. */
export function widthOf(x: Value, axis: number): number {
  const extent = x.shape[axis];
  if (typeof extent !== 'number') throw new RangeError(`axis ${axis} of ${shapeText(x.shape)} is not fixed`);
  return extent;
}
