import type { Dim, Shape } from '../dim.ts';
import { sameDim, shapeText } from '../dim.ts';
import { apply, applyMany, integers } from '../value.ts';
import type { Value } from '../value.ts';

/**
 * The same elements in another shape. ONNX can express it when at most one symbolic extent of the result
 * is not that of the same axis before.
 */
export function reshape(x: Value, shape: Shape): Value {
  const target = shape.map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    return axis < x.shape.length && sameDim(dim, x.shape[axis]) ? 0 : -1;
  });
  if (target.filter((extent) => extent === -1).length > 1) {
    throw new RangeError(`cannot infer ${shapeText(shape)} from ${shapeText(x.shape)}`);
  }
  return apply('Reshape', [x, integers(target)], shape);
}

/** The elements of x in the shape of another value. */
export function reshapeLike(x: Value, like: Value): Value {
  return apply('Reshape', [x, shapeOf(like)], like.shape);
}

/** The extents of x as integers, from axis `start` on, before axis `end`; default all. */
export function shapeOf(x: Value, start = 0, end?: number): Value {
  return apply('Shape', [x], [(end ?? x.shape.length) - start], {
    type: 'i64',
    attributes: { start: { int: start }, ...(end !== undefined && { end: { int: end } }) },
  });
}

/** Axes in another order: `transpose(x, [0, 2, 1])` swaps the last two. */
export function transpose(x: Value, order: readonly number[]): Value {
  const shape = order.map((axis) => x.shape[axis]);
  return apply('Transpose', [x], shape, { attributes: { perm: { ints: order } } });
}

/** New axes of extent 1 at these places of the result. */
export function unsqueeze(x: Value, axes: readonly number[]): Value {
  const shape: Dim[] = [...x.shape];
  for (const axis of axes.toSorted((a, b) => a - b)) shape.splice(axis, 0, 1);
  return apply('Unsqueeze', [x, integers(axes)], shape);
}

/** Values side by side along an axis. */
export function concat(values: readonly Value[], axis: number): Value {
  const extents = values.map((value) => value.shape[axis]);
  if (!extents.every((extent) => typeof extent === 'number')) {
    throw new RangeError(`cannot join ${values.map((value) => shapeText(value.shape)).join(' and ')}`);
  }
  const total = extents.reduce((sum, extent) => sum + extent, 0);
  const shape = values[0].shape.map((dim, i) => (i === axis ? total : dim));
  for (const value of values) {
    if (!value.shape.every((dim, i) => i === axis || sameDim(dim, shape[i]))) {
      throw new RangeError(
        `${shapeText(value.shape)} cannot be joined to ${shapeText(shape)} on axis ${axis}`,
      );
    }
  }
  return apply('Concat', values, shape, { attributes: { axis: { int: axis } } });
}

/** Equal parts along the last axis. */
export function split(x: Value, parts: number): readonly Value[] {
  const width = x.shape.at(-1);
  if (typeof width !== 'number' || width % parts !== 0) {
    throw new RangeError(`${shapeText(x.shape)} does not fall into ${parts} parts`);
  }
  const shape = [...x.shape.slice(0, -1), width / parts];
  return applyMany(
    'Split',
    [x],
    Array.from({ length: parts }, () => shape),
    { attributes: { axis: { int: -1 }, num_outputs: { int: parts } } },
  );
}

/** Rows of a table by number: `[n, width]` at `[...]` gives `[..., width]`. */
export function gather(table: Value, indices: Value): Value {
  return apply('Gather', [table, indices], [...indices.shape, ...table.shape.slice(1)], {
    attributes: { axis: { int: 0 } },
  });
}

/** One row of each matrix: `[batch, n, width]` at `[batch]` gives `[batch, width]`. */
export function gatherEach(matrices: Value, indices: Value): Value {
  const [batch, , width] = matrices.shape;
  return apply('GatherND', [matrices, unsqueeze(indices, [1])], [batch, width], {
    attributes: { batch_dims: { int: 1 } },
  });
}

/** Where each row of `[batch, n]` is largest; the first place where there are several. */
export function argMax(x: Value): Value {
  return apply('ArgMax', [x], [x.shape[0]], {
    type: 'i64',
    attributes: { axis: { int: 1 }, keepdims: { int: 0 } },
  });
}
