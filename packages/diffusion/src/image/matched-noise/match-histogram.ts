/**
 * Gives values the distribution of others, rank for rank, in place: the one that stands above a share of all becomes
 * the level that stands above the same share of the reference (scikit-image's `match_histograms`).
 * @param counts how often each level occurs in the reference, level k standing for k / (counts.length - 1); not all 0.
 */
export function matchHistogram(values: Float64Array, counts: readonly number[]): void {
  const sorted = values.toSorted();
  const { shares, levels } = quantilesOf(counts);
  for (let i = 0; i < values.length; i++) {
    values[i] = interpolated(upTo(sorted, values[i]) / sorted.length, shares, levels);
  }
}

/** Levels that occur, and the share of all that is not above each. */
function quantilesOf(counts: readonly number[]) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const [shares, levels]: [number[], number[]] = [[], []];
  let sum = 0;
  for (const [level, count] of counts.entries()) {
    if (count === 0) continue;
    sum += count;
    shares.push(sum / total);
    levels.push(level / (counts.length - 1));
  }
  return { shares, levels };
}

/** How many of the sorted values are not above one. */
function upTo(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Between points straight, beyond them as the outermost. */
function interpolated(x: number, xs: readonly number[], ys: readonly number[]): number {
  const after = xs.findIndex((one) => one >= x);
  if (after === -1) return ys[ys.length - 1];
  if (after === 0) return ys[0];
  const share = (x - xs[after - 1]) / (xs[after] - xs[after - 1]);
  return ys[after - 1] + (ys[after] - ys[after - 1]) * share;
}
