const { fround } = Math;

/** Values that PyTorch's CPU kernel computes at a time, and how many such runs it needs to begin. */
const lanes = 8;
const runs = 2;

/**
 * `count` evenly spaced float32 values from `start` to `end`, both included, each the bits that `torch.linspace`
 * gives on a CPU: counted from the nearer end, in runs of 8 from the run's first value. One value is `start`.
 */
export function linspace(start: number, end: number, count: number): Float32Array {
  const [from, to] = [fround(start), fround(end)];
  const values = new Float32Array(count).fill(from);
  if (count === 1) return values;
  const step = fround(fround(to - from) / (count - 1));
  const half = Math.floor(count / 2);
  const direct = (i: number): number => fround(i < half ? from + step * i : to - step * (count - 1 - i));
  const inRuns = count - (count % (lanes * runs));
  for (let i = 0; i < count; i++) {
    const lane = i % lanes;
    values[i] = i < inRuns ? direct(i - lane) + fround(lane * step) : direct(i);
  }
  return values;
}
