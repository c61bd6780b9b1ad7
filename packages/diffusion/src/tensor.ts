/**
 * A dense float32 tensor in row-major order, the one number container of the engine.
 * Latents are `[batch, 4, height / 8, width / 8]`. Functions return new tensors and leave their arguments alone.
 */
export type Tensor = {
  readonly shape: readonly number[];
  readonly data: Float32Array;
};

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** A tensor over `data`; throws a RangeError where `data` does not fill `shape`. */
export function tensor(
  shape: readonly number[],
  data: Float32Array = new Float32Array(sizeOf(shape)),
): Tensor {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`${data.length} values do not fill the shape ${shape.join('x')}`);
  }
  return { shape, data };
}
