import { commonFormat, roundTo } from './number-formats.ts';
import type { NumberFormat } from './number-formats.ts';

/** Elements of tensors, and the format in which PyTorch keeps what is computed with them. */
export type Operand = { readonly values: Float32Array; readonly format: NumberFormat };

/** (1 - ratio) a + ratio b, each step rounded as PyTorch rounds it. */
export function weightedSum(a: Operand, b: Operand, ratio: number): Operand {
  return sum(scaled(a, 1 - ratio), scaled(b, ratio));
}

/** a + ratio (b - c), likewise; without a `c` there is no difference. */
export function addDifference(a: Operand, b: Operand, c: Operand | undefined, ratio: number): Operand {
  const difference = c === undefined ? scaled(b, 0) : subtracted(b, c);
  return sum(a, scaled(difference, ratio));
}

/** Plain loops: a model has a billion of these. */
function scaled({ values, format }: Operand, factor: number): Operand {
  const single = Math.fround(factor);
  const result = new Float32Array(values.length);
  for (let i = 0; i < result.length; i++) result[i] = values[i] * single;
  return { format, values: roundTo(format, result) };
}

function sum(a: Operand, b: Operand): Operand {
  const format = commonFormat(a.format, b.format);
  const result = new Float32Array(a.values.length);
  for (let i = 0; i < result.length; i++) result[i] = a.values[i] + b.values[i];
  return { format, values: roundTo(format, result) };
}

function subtracted(b: Operand, c: Operand): Operand {
  const format = commonFormat(b.format, c.format);
  const result = new Float32Array(b.values.length);
  for (let i = 0; i < result.length; i++) result[i] = b.values[i] - c.values[i];
  return { format, values: roundTo(format, result) };
}
