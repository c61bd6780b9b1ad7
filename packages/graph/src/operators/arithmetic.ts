import type { Dim, Shape } from '../dim.ts';
import { sameDim, shapeText } from '../dim.ts';
import { apply } from '../value.ts';
import type { Value } from '../value.ts';

/** a + b, with numpy's broadcasting. */
export function add(a: Value, b: Value): Value {
  return apply('Add', [a, b], broadcast(a.shape, b.shape));
}

/** a * b element by element, with numpy's broadcasting. */
export function multiply(a: Value, b: Value): Value {
  return apply('Mul', [a, b], broadcast(a.shape, b.shape));
}

/** a / b element by element, with numpy's broadcasting. */
export function divide(a: Value, b: Value): Value {
  return apply('Div', [a, b], broadcast(a.shape, b.shape));
}

export function sine(x: Value): Value {
  return apply('Sin', [x], x.shape);
}

export function cosine(x: Value): Value {
  return apply('Cos', [x], x.shape);
}

function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const at = (shape: Shape, axis: number): Dim => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => {
    const [m, n] = [at(a, axis), at(b, axis)];
    if (m === 1) return n;
    if (n === 1 || sameDim(m, n)) return m;
    throw new RangeError(`shapes ${shapeText(a)} and ${shapeText(b)} do not go together`);
  });
}
