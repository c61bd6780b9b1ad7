const { fround } = Math;

/** Columns that PyTorch's AVX2 kernel sums side by side, and the partial sums it keeps of each other one. */
const columnsTogether = 32;
const partialSums = 4;
const levels = 4;

/**
 * The sum of a matrix's column with the bits that `torch.sum` over rows gives on a CPU: the order of float32 additions
 * depends on where the column lies (ATen/native/cpu/SumKernel.cpp).
 * @param column its place, 0 to `columns - 1`; matrices of one column are added in yet another order.
 */
export function columnSum(values: Float32Array, column: number, columns: number): number {
  if (column < columns - (columns % columnsTogether)) return cascade(values, 0, 1);
  const whole = values.length - (values.length % partialSums);
  const sums = Array.from({ length: partialSums }, (_, k) =>
    cascade(values.subarray(0, whole), k, partialSums),
  );
  for (const value of values.subarray(whole)) sums[0] = fround(sums[0] + value);
  return sums.reduce((sum, part) => fround(sum + part));
}

/** Every `stride`-th value from `start`: sums of sums, whose errors grow with the logarithm of the count. */
function cascade(values: Float32Array, start: number, stride: number): number {
  const count = Math.ceil((values.length - start) / stride);
  const power = Math.max(4, Math.floor(Math.ceil(Math.log2(Math.max(count, 1))) / levels));
  const step = 2 ** power;
  const sums = new Float32Array(levels);
  let i = 0;
  while (i + step <= count) {
    for (let end = i + step; i < end; i++) sums[0] += values[start + i * stride];
    for (let level = 1; level < levels; level++) {
      sums[level] += sums[level - 1];
      sums[level - 1] = 0;
      if (Math.floor(i / step ** level) % step !== 0) break;
    }
  }
  for (; i < count; i++) sums[0] += values[start + i * stride];
  return sums.reduce((sum, part) => fround(sum + part));
}
