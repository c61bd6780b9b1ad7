/**
 * `count` evenly spaced float32 values from `start` to `end`, both included; counted from the nearer end as PyTorch
 * does. One value is `start`.
 */
export function linspace(start: number, end: number, count: number): Float32Array {
  const values = new Float32Array(count);
  const step = Math.fround(Math.fround(Math.fround(end) - Math.fround(start)) / (count - 1));
  for (let i = 0; i < count; i++) {
    values[i] =
      i < count / 2
        ? Math.fround(start) + (i === 0 ? 0 : step * i)
        : Math.fround(end) - step * (count - 1 - i);
  }
  return values;
}
