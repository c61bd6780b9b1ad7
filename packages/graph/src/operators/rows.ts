/** Rows of matrices, `[batch, rows, width]`, by numbers that are found when the graph runs. */
import { sum } from '../dim.ts';
import type { Dim, Shape } from '../dim.ts';
import { apply, floats, integers } from '../value.ts';
import type { Node, TensorType, Value } from '../value.ts';
import { shapeOf, transpose, unsqueeze } from './shape.ts';

/** The largest element of every last axis, which is left with extent 1, and where it was. */
export function largest(x: Value): { readonly values: Value; readonly places: Value } {
  const [values, places] = sorted(x, integers([1]), [...x.shape.slice(0, -1), 1]);
  return { values, places };
}

/** Where the elements of lists are, from the largest to the smallest: `[batch, n]`, likewise. */
export function ranked(lists: Value): Value {
  return sorted(lists, shapeOf(lists, 1), lists.shape)[1];
}

function sorted(x: Value, count: Value, shape: Shape): readonly [values: Value, places: Value] {
  const outputs: readonly TensorType[] = [
    { type: x.type, shape },
    { type: 'i64', shape },
  ];
  const attributes = { axis: { int: -1 } };
  const node: Node = { operator: 'TopK', domain: '', inputs: [x, count], attributes, outputs };
  const [values, places] = outputs.map((type, output): Value => ({
    ...type,
    source: { kind: 'node', node, output },
  }));
  return [values, places];
}

/** Every vector divided by its length; those of length 0 stay. */
export function unitVectors(x: Value): Value {
  return apply('LpNormalization', [x], x.shape, { attributes: { axis: { int: -1 }, p: { int: 2 } } });
}

/** The products of every vector of `[batch, m, width]` with every one of `[batch, n, width]`: `[batch, m, n]`. */
export function products(a: Value, b: Value): Value {
  return apply('MatMul', [a, transpose(b, [0, 2, 1])], [a.shape[0], a.shape[1], b.shape[1]]);
}

/** The same rows `[m]` of every matrix. */
export function sameRows(matrices: Value, rows: Value): Value {
  const [batch, , width] = matrices.shape;
  return apply('Gather', [matrices, rows], [batch, rows.shape[0], width], {
    attributes: { axis: { int: 1 } },
  });
}

/** Of each matrix rows of its own: `[batch, n, width]` at `[batch, m]` gives `[batch, m, width]`. */
export function rowsOfEach(matrices: Value, rows: Value): Value {
  return apply('GatherND', [matrices, unsqueeze(rows, [2])], [...rows.shape, matrices.shape[2]], {
    attributes: { batch_dims: { int: 1 } },
  });
}

/** Of each list elements of its own: `[batch, n]` at `[batch, m]` gives `[batch, m]`. */
export function elementsOfEach(lists: Value, places: Value): Value {
  return apply('GatherElements', [lists, places], places.shape, { attributes: { axis: { int: 1 } } });
}

/**
 * Rows with others that several may share averaged into them, the row itself counting as one.
 * @param matrices `[batch, n, width]`.
 * @param rows to which row each belongs, `[batch, m]`.
 * @param others `[batch, m, width]`.
 */
export function rowsAveraged(matrices: Value, rows: Value, others: Value): Value {
  const expanded = apply('Expand', [unsqueeze(rows, [2]), shapeOf(others)], others.shape);
  const sums = apply('ScatterElements', [matrices, expanded, others], matrices.shape, { attributes: adding });
  const one = floats([1]);
  const [batch, count] = matrices.shape;
  const ones = apply('Expand', [one, shapeOf(matrices, 0, 2)], [batch, count]);
  const counted = [ones, rows, apply('Expand', [one, shapeOf(rows)], rows.shape)];
  const counts = apply('ScatterElements', counted, [batch, count], { attributes: adding });
  return apply('Div', [sums, unsqueeze(counts, [2])], matrices.shape);
}

const adding = { axis: { int: 1 }, reduction: { string: 'add' } } as const;

/**
 * Lists or matrices one after the other along the second axis, whose extents may be unknown.
 * @param extent their sum, where it is known by another name.
 */
export function oneAfterTheOther(
  values: readonly Value[],
  extent = sum(values.map((value) => value.shape[1])),
): Value {
  const [first, , ...rest] = values[0].shape;
  const shape = [first, extent, ...rest];
  return apply('Concat', values, shape, { attributes: { axis: { int: 1 } } });
}

/** Lists `[batch, n]` cut in two after so many elements; the extents are those of both parts. */
export function cutAfter(lists: Value, count: Value, [before, after]: readonly [Dim, Dim]): [Value, Value] {
  const [batch] = lists.shape;
  const axis = integers([1]);
  return [
    apply('Slice', [lists, integers([0]), count, axis], [batch, before]),
    apply('Slice', [lists, count, integers([2 ** 40]), axis], [batch, after]),
  ];
}

/** Numbers `[m]` at `[batch, n]`: `[batch, n]`. */
export function numbersAt(numbers: Value, places: Value): Value {
  return apply('Gather', [numbers, places], places.shape, { attributes: { axis: { int: 0 } } });
}

/** The same list `[n]` for every list of `[batch, m]`: `[batch, n]`. */
export function listForEach(list: Value, like: Value): Value {
  const shape = apply('Concat', [shapeOf(like, 0, 1), shapeOf(list)], [2], {
    attributes: { axis: { int: 0 } },
  });
  return apply('Expand', [list, shape], [like.shape[0], list.shape[0]]);
}

/** The numbers from 0 on, as many as a value has rows: `[rows]`. */
export function rowNumbers(like: Value): Value {
  const [zero, one] = [integers([0], []), integers([1], [])];
  return apply('Range', [zero, rowCount(like), one], [like.shape[1]]);
}

/** How many rows a value has, one integer without axes. */
export function rowCount(like: Value): Value {
  return apply('Squeeze', [shapeOf(like, 1, 2)], []);
}

/**
 * For lists of places `[batch, n]`, of which each occurs once, which of `numbers` stands for the place: `[batch, n]`.
 */
export function byPlace(places: Value, numbers: Value): Value {
  return apply('ScatterElements', [places, places, numbers], places.shape, {
    attributes: { axis: { int: 1 } },
  });
}
