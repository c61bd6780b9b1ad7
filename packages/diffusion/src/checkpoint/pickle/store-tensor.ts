import { sizeOf } from '../../tensor.ts';
import { widthOf } from '../element-width.ts';
import type { ReadBytes } from '../safetensors.ts';
import type { StoredTensor } from '../weight-file.ts';
import type { PickleFile } from './pickle-file.ts';
import type { PickleTensor } from './values.ts';

type Placed = {
  readonly stored: StoredTensor;
  readonly order?: (read: ReadBytes) => Promise<Uint8Array>;
  /** Bytes that `order` reads. */
  readonly span?: number;
};

/**
 * Where a tensor's elements lie in its file. Those of a view that does not run through its storage in order
 * (a transposed matrix) are read and put in order; `span` and `length` say beforehand what that takes.
 */
export function storeTensor(
  { storage, type, start, shape, strides }: PickleTensor,
  { locate }: PickleFile,
): Placed {
  const width = widthOf(type);
  const place = locate(storage);
  const stored = { type, shape, offset: place.offset + start * width, length: sizeOf(shape) * width };
  if (stored.length === 0) return { stored: { ...stored, offset: place.offset } };
  if (isInOrder(shape, strides)) return { stored };
  const elements = shape.reduce((sum, extent, axis) => sum + (extent - 1) * strides[axis], 1);
  const span = elements * width;
  const order = async (read: ReadBytes) =>
    gather(await read(stored.offset, span), { width, start: 0, shape, strides });
  return { stored, order, span };
}

/** Axes of extent 1 may have any stride. */
function isInOrder(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue;
    if (strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

type View = {
  readonly width: number;
  readonly start: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
};

function gather(storage: Uint8Array, { width, start, shape, strides }: View): Uint8Array {
  const count = sizeOf(shape);
  const gathered = new Uint8Array(count * width);
  const place = shape.map(() => 0);
  let from = start;
  for (let to = 0; to < count; to++) {
    for (let byte = 0; byte < width; byte++) gathered[to * width + byte] = storage[from * width + byte];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      place[axis]++;
      if (place[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      place[axis] = 0;
    }
  }
  return gathered;
}
