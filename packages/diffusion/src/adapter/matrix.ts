import { sizeOf, tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/** The tensor as a matrix: its first axis, and all others as one. */
export function flattened({ shape, data }: Tensor): Tensor {
  return tensor([shape[0], sizeOf(shape.slice(1))], data);
}

/** The rows of a matrix from the first up to `end`; a negative one counts from the last, as in Python. */
export function rows({ shape: [height, width], data }: Tensor, end: number): Tensor {
  const count = rowsUpTo(end, height);
  return tensor([count, width], data.subarray(0, count * width));
}

/** How many of so many rows lie before `end`. */
export function rowsUpTo(end: number, height: number): number {
  return Math.max(0, Math.min(end < 0 ? height + end : end, height));
}

/** The columns of a matrix from the first up to `end`. */
export function columns(a: Tensor, end: number): Tensor {
  return transposed(rows(transposed(a), end));
}

/** The product of two matrices, summed in float64. */
export function product(a: Tensor, b: Tensor): Tensor {
  const [height, inner] = a.shape;
  const [width] = b.shape.slice(1);
  if (b.shape[0] !== inner) throw new RangeError(`${a.shape.join('x')} by ${b.shape.join('x')}`);
  const data = new Float32Array(height * width);
  const sum = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    sum.fill(0);
    for (let k = 0; k < inner; k++) {
      const factor = a.data[y * inner + k];
      const from = k * width;
      for (let x = 0; x < width; x++) sum[x] += factor * b.data[from + x];
    }
    data.set(sum, y * width);
  }
  return tensor([height, width], data);
}

/** The matrix mirrored at its diagonal. */
export function transposed({ shape: [height, width], data }: Tensor): Tensor {
  const mirrored = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) mirrored[x * height + y] = data[y * width + x];
  }
  return tensor([width, height], mirrored);
}

/** Element by element. */
export function map(a: Tensor, of: (value: number, i: number) => number): Tensor {
  return tensor(a.shape, a.data.map(of));
}

/**
 * The inverse of a small square matrix, by Gauss and Jordan with partial pivoting in float64.
 * @throws RangeError where there is none.
 */
export function inverse({ shape: [size], data }: Tensor): Tensor {
  const work = Array.from({ length: size }, (_, y) =>
    Float64Array.from({ length: 2 * size }, (_unused, x) =>
      x < size ? data[y * size + x] : Number(x - size === y),
    ),
  );
  for (let column = 0; column < size; column++) {
    let best = column;
    for (let y = column; y < size; y++) {
      if (Math.abs(work[y][column]) > Math.abs(work[best][column])) best = y;
    }
    if (!(Math.abs(work[best][column]) > 0)) throw new RangeError('a matrix has no inverse');
    [work[column], work[best]] = [work[best], work[column]];
    const pivot = work[column][column];
    for (let x = 0; x < 2 * size; x++) work[column][x] /= pivot;
    for (let y = 0; y < size; y++) {
      const factor = work[y][column];
      if (y === column || factor === 0) continue;
      for (let x = 0; x < 2 * size; x++) work[y][x] -= factor * work[column][x];
    }
  }
  return tensor([size, size], Float32Array.from(work.flatMap((row) => [...row.subarray(size)])));
}
