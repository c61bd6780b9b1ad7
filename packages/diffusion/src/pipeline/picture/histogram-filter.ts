/** A number for each place: `values.length === width * height`. */
export type Field = { readonly width: number; readonly height: number; readonly values: Float64Array };

/** Weights around a place, `2 * radius + 1` on a side. */
export type Kernel = { readonly radius: number; readonly weights: readonly number[] };

/** A Gaussian that is 0 just beyond the kernel and 1 in its middle. */
export function gaussianKernel(deviation: number, radius: number): Kernel {
  const bell = (squared: number): number => Math.exp(-squared / deviation ** 2);
  const outside = bell((radius + 1) ** 2);
  const side = 2 * radius + 1;
  const weights = Array.from({ length: side * side }, (_, i) => {
    const [y, x] = [Math.floor(i / side) - radius, (i % side) - radius];
    return Math.max(0, (bell(x * x + y * y) - outside) / (1 - outside));
  });
  return { radius, weights };
}

/**
 * For each place the mean of a range of percentiles of what lies around it, weighed by a kernel: a median, a maximum,
 * or something between, without regard to what sticks out.
 * @param range from 0 to 1.
 * @param narrowest the range is widened to so much weight.
 */
export function histogramFilter(
  { width, height, values }: Field,
  { radius, weights }: Kernel,
  range: readonly [from: number, to: number],
  narrowest = 1,
): Field {
  const result = new Float64Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const around: Weighed[] = [];
      for (let dy = Math.max(-radius, -y); dy <= Math.min(radius, height - 1 - y); dy++) {
        for (let dx = Math.max(-radius, -x); dx <= Math.min(radius, width - 1 - x); dx++) {
          const weight = weights[(dy + radius) * (2 * radius + 1) + dx + radius];
          around.push({ value: values[(y + dy) * width + x + dx], weight });
        }
      }
      result[y * width + x] = meanOf(around, range, narrowest);
    }
  }
  return { width, height, values: result };
}

type Weighed = { readonly value: number; readonly weight: number };

function meanOf(
  elements: readonly Weighed[],
  [from, to]: readonly [number, number],
  narrowest: number,
): number {
  const total = elements.reduce((sum, { weight }) => sum + weight, 0);
  const [start, end] = widened(total * from, total * to, total, narrowest);
  let [passed, sum, counted] = [0, 0, 0];
  for (const { value, weight } of elements.toSorted((a, b) => a.value - b.value)) {
    const share = Math.min(end, passed + weight) - Math.max(start, passed);
    passed += weight;
    if (share <= 0) continue;
    sum += value * share;
    counted += share;
  }
  return counted === 0 ? 0 : sum / counted;
}

function widened(start: number, end: number, total: number, narrowest: number): readonly [number, number] {
  if (end - start >= narrowest) return [start, end];
  const middle = (start + end) / 2;
  if (middle - narrowest / 2 < 0) return [0, narrowest];
  return middle + narrowest / 2 > total
    ? [Math.max(0, total - narrowest), Math.max(total, narrowest)]
    : [middle - narrowest / 2, middle + narrowest / 2];
}
