import type { ElementType } from '@bottega/graph';
import { widthOf } from '../element-width.ts';
import { isKind } from './values.ts';
import type { PickleStorage, PickleTensor, PickleValue } from './values.ts';

/**
 * What `torch._utils._rebuild_tensor_v2(storage, start, size, stride, ...)` and `_v3` (with a dtype at the seventh
 * place) describe. Checked here: that every element of the view lies in its storage.
 * @throws RangeError with what is wrong.
 */
export function rebuildTensor([
  storage,
  start,
  size,
  stride,
  ,
  ,
  dtype,
]: readonly PickleValue[]): PickleTensor {
  if (!isKind(storage, 'storage')) throw new RangeError('a tensor has no storage');
  const type = isKind(dtype, 'global') ? dtype.type : storage.type;
  if (type === undefined) throw new RangeError('a tensor has an unknown type');
  const shape = countsOf(size);
  const strides = countsOf(stride);
  if (!isCount(start) || shape === undefined || strides?.length !== shape.length || shape.length > 8) {
    throw new RangeError('a tensor has no valid shape');
  }
  // PyTorch 2 keeps there what it would have to compute: complex conjugates, numbers turned negative.
  if (dtype instanceof Map && [...dtype.values()].includes(true)) {
    throw new RangeError('a tensor is kept as the opposite of its numbers');
  }
  requireInside({ kind: 'tensor', storage, type, start, shape, strides });
  return { kind: 'tensor', storage, type, start, shape, strides };
}

/** Storages come as `('storage', class, key, device, elements)`; an old sixth place would make views of views. */
export function storageOf(id: PickleValue): PickleStorage {
  const [tag, type, key, , count, view] = isKind(id, 'tuple') ? id.items : [];
  if (tag !== 'storage' || !isKind(type, 'global') || type.isStorage !== true || typeof key !== 'string') {
    throw new RangeError('something outside the pickle is no storage');
  }
  if (!isCount(count)) throw new RangeError('a storage has no size');
  if (view !== undefined && view !== null) throw new RangeError('a storage is a view of another');
  const element: ElementType = type.type ?? 'u8';
  return { kind: 'storage', key, type: element, count };
}

function requireInside({ storage, type, start, shape, strides }: PickleTensor): void {
  const available = storage.count * widthOf(storage.type);
  const last = shape.reduce((sum, extent, axis) => sum + (extent - 1) * strides[axis], start);
  const needed = shape.includes(0) ? 0 : (last + 1) * widthOf(type);
  if (!(needed <= available) || !Number.isSafeInteger(available)) {
    throw new RangeError(`a tensor of shape ${shape.join('x')} does not fit its storage`);
  }
}

function countsOf(value: PickleValue | undefined): readonly number[] | undefined {
  const items = isKind(value, 'tuple') ? value.items : value;
  return Array.isArray(items) && items.every(isCount) ? items : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
