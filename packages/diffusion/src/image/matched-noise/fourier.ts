/** The discrete Fourier transform in two dimensions, for sides of any length. */

/** Complex numbers row by row; their real and imaginary parts. */
export type Plane = { readonly re: Float64Array; readonly im: Float64Array };

/**
 * In place and not scaled; forwards, and back again, gives the plane times its number of elements.
 * Cooley and Tukey: "An algorithm for the machine calculation of complex Fourier series" (1965), any prime factors.
 */
export function fourier({ re, im }: Plane, rows: number, columns: number, isInverse = false): void {
  // Exchanging both parts, before and after, turns the direction.
  const [a, b] = isInverse ? [im, re] : [re, im];
  transformLines(a, b, rows, columns);
  // Lines that lie together are read many times as fast as columns.
  const [c, d] = [transposed(a, rows, columns), transposed(b, rows, columns)];
  transformLines(c, d, columns, rows);
  a.set(transposed(c, columns, rows));
  b.set(transposed(d, columns, rows));
}

const block = 16;

function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let top = 0; top < rows; top += block) {
    const bottom = Math.min(rows, top + block);
    for (let left = 0; left < columns; left += block) {
      const right = Math.min(columns, left + block);
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) result[x * rows + y] = values[y * columns + x];
      }
    }
  }
  return result;
}

/** Each of `count` lines of `length` elements. */
function transformLines(re: Float64Array, im: Float64Array, count: number, length: number): void {
  const factors = primeFactors(length);
  const order = decimated(factors, length);
  const cos = Float64Array.from({ length }, (_, i) => Math.cos((2 * Math.PI * i) / length));
  const sin = Float64Array.from({ length }, (_, i) => -Math.sin((2 * Math.PI * i) / length));
  const line: Plane = { re: new Float64Array(length), im: new Float64Array(length) };
  for (let start = 0; start < count * length; start += length) {
    for (let i = 0; i < length; i++) {
      line.re[i] = re[start + order[i]];
      line.im[i] = im[start + order[i]];
    }
    let size = 1;
    for (const factor of factors.toReversed()) {
      const turn = length / (size * factor);
      for (let to = 0; to < length; to += size * factor) {
        if (factor === 2) joinTwo(line, to, size, { cos, sin, turn });
        else joinMany(line, to, size, factor, { cos, sin, turn });
      }
      size *= factor;
    }
    re.set(line.re, start);
    im.set(line.im, start);
  }
}

/** Where each element of a line comes from, so that ever larger parts of it can be joined. */
function decimated(factors: readonly number[], length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, to) => {
    let [from, rest, size, step] = [0, to, length, 1];
    for (const factor of factors) {
      size /= factor;
      from += Math.trunc(rest / size) * step;
      rest %= size;
      step *= factor;
    }
    return from;
  });
}

/** The roots of one, every `turn`th of them. */
type Roots = { readonly cos: Float64Array; readonly sin: Float64Array; readonly turn: number };

function joinTwo({ re, im }: Plane, to: number, size: number, { cos, sin, turn }: Roots): void {
  for (let k = 0, i = to, j = to + size, angle = 0; k < size; k++, i++, j++, angle += turn) {
    const [c, s] = [cos[angle], sin[angle]];
    const x = re[j] * c - im[j] * s;
    const y = re[j] * s + im[j] * c;
    re[j] = re[i] - x;
    im[j] = im[i] - y;
    re[i] += x;
    im[i] += y;
  }
}

function joinMany(
  { re, im }: Plane,
  to: number,
  size: number,
  factor: number,
  { cos, sin, turn }: Roots,
): void {
  const [partRe, partIm] = [new Float64Array(factor), new Float64Array(factor)];
  for (let k = 0; k < size; k++) {
    for (let q = 0; q < factor; q++) {
      partRe[q] = re[to + q * size + k];
      partIm[q] = im[to + q * size + k];
    }
    for (let r = 0; r < factor; r++) {
      let [x, y] = [0, 0];
      for (let q = 0; q < factor; q++) {
        const angle = (q * (k + r * size) * turn) % cos.length;
        x += partRe[q] * cos[angle] - partIm[q] * sin[angle];
        y += partRe[q] * sin[angle] + partIm[q] * cos[angle];
      }
      re[to + r * size + k] = x;
      im[to + r * size + k] = y;
    }
  }
}

function primeFactors(value: number): number[] {
  const factors: number[] = [];
  let rest = value;
  for (let factor = 2; factor * factor <= rest; factor++) {
    for (; rest % factor === 0; rest /= factor) factors.push(factor);
  }
  return rest > 1 ? [...factors, rest] : factors;
}
