import { shapeText } from '../dim.ts';
import type { Dim, Shape } from '../dim.ts';
import { apply, integers } from '../value.ts';
import type { Value } from '../value.ts';

/** a < b element by element, as truth values; b has the shape of a or is one number. */
export function less(a: Value, b: Value): Value {
  return apply('Less', [a, b], a.shape, { type: 'bool' });
}

/**
 * Elements of a where the condition holds, of b elsewhere.
 * @param condition of truth values; each of the three has the shape of the result or broadcasts to it.
 * @param shape of the result; default that of a.
 */
export function where(condition: Value, a: Value, b: Value, shape: Shape = a.shape): Value {
  if (a.type !== b.type) throw new RangeError(`${a.type} and ${b.type} are no choice`);
  return apply('Where', [condition, a, b], shape, { type: a.type });
}

/** Zeros before and after along the last axis. */
export function padded(x: Value, before: number, after: number): Value {
  const width = x.shape.at(-1);
  if (typeof width !== 'number') throw new RangeError(`${shapeText(x.shape)} cannot be padded`);
  const others = x.shape.slice(1).map(() => 0);
  const pads = integers([...others, before, ...others, after]);
  return apply('Pad', [x, pads], [...x.shape.slice(0, -1), before + width + after]);
}

/**
 * Rows of zeros above and below `[batch, channels, height, width]`, as many as are told when the graph runs.
 * @param counts two integers.
 * @param height of the result.
 */
export function rowsAround(x: Value, counts: Value, height: Dim): Value {
  const [batch, channels, , width] = x.shape;
  return apply('Pad', [x, counts, undefined, integers([2])], [batch, channels, height, width]);
}
