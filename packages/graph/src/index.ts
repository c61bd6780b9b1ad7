/** ONNX graphs as immutable values: build them with functions, collect, count, print and encode them. */
export { dividedUp, elementsOf, minus, plus, sameShape, shapeText, sum, symbol, times } from './dim.ts';
export type { Dim, Shape, Sizes, SymbolicDim } from './dim.ts';
export { onnxCode, type ElementType } from './element-type.ts';
export { floats, input, integers, weight, type Node, type TensorType, type Value } from './value.ts';

export { gelu, leakyRelu, parametricRelu, quickGelu, relu, silu } from './operators/activation.ts';
export { convolvedLike, mixed } from './operators/alike.ts';
export { add, cosine, multiply, sine } from './operators/arithmetic.ts';
export { attention, type AttentionOptions } from './operators/attention.ts';
export { less, padded, rowsAround, where } from './operators/choice.ts';
export { activations } from './operators/named-activation.ts';
export { convolve, type ConvolutionOptions } from './operators/convolution.ts';
export { multiplyMatrix, project } from './operators/matrix.ts';
export { groupNorm, layerNorm, type GroupNormOptions } from './operators/normalization.ts';
export {
  convolveQuantised,
  integerWeight,
  projectPixelsQuantised,
  projectQuantised,
  quantise,
  type QuantisedWeight,
  watched,
} from './operators/quantised.ts';
export { doubled, pixelShuffle, repeated, resizedLike } from './operators/resize.ts';
export {
  byPlace,
  cutAfter,
  elementsOfEach,
  largest,
  listForEach,
  numbersAt,
  oneAfterTheOther,
  products,
  ranked,
  rowCount,
  rowNumbers,
  rowsAveraged,
  rowsOfEach,
  sameRows,
  unitVectors,
} from './operators/rows.ts';
export {
  argMax,
  concat,
  gather,
  gatherEach,
  reshape,
  reshapeLike,
  split,
  transpose,
  unsqueeze,
} from './operators/shape.ts';

export { divided, type Division } from './divide.ts';
export { graphOf, weightsOf, type Graph } from './graph.ts';
export { circular } from './circular.ts';
export { operationsOf, type Operations } from './operations.ts';
export { print } from './print.ts';
export { rewritten } from './rewrite.ts';
export { encodeOnnx, type ExternalWeight } from './onnx/encode.ts';
