/** Batches are tensors whose first axis counts pictures; here they are taken apart and put together. */
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/** Element `index` of a batch, without the batch axis, sharing its memory. */
export function rowOf(batch: Tensor, index: number): Tensor {
  const [rows, ...shape] = batch.shape;
  const size = batch.data.length / rows;
  return tensor(shape, batch.data.subarray(index * size, (index + 1) * size));
}

/** A batch of tensors of one shape. */
export function stackRows(rows: readonly Tensor[]): Tensor {
  const stacked = tensor([rows.length, ...rows[0].shape]);
  rows.forEach((row, index) => stacked.data.set(row.data, index * row.data.length));
  return stacked;
}

/** Two tensors `[channels, h, w]` one after the other. */
export function joinChannels(first: Tensor, second: Tensor): Tensor {
  const joined = tensor([first.shape[0] + second.shape[0], ...first.shape.slice(1)]);
  joined.data.set(first.data);
  joined.data.set(second.data, first.data.length);
  return joined;
}
