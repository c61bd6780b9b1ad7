import { channelsOf } from '../channels.ts';
import type { Bytes, GreyImage } from '../channels.ts';

/** tan 22.5° in 15 bits: below it an edge counts as upright, above its inverse as level. */
const slope = 13_573;

/**
 * Edges, white on black, equal to OpenCV's `Canny` with a 3x3 Sobel operator and the sum of both derivatives as
 * magnitude. Canny: "A computational approach to edge detection" (1986).
 * @param low where an edge that has begun may go on; a magnitude, 0 to 2040. The smaller of both counts as `low`.
 * @param high where an edge begins.
 */
export function canny(image: Bytes, low: number, high: number): GreyImage {
  const { width, height } = image;
  const [weak, strong] = [Math.floor(Math.min(low, high)), Math.floor(Math.max(low, high))];
  const { dx, dy, magnitude } = gradients(image);
  const wide = width + 2;
  // 0 no edge, 1 an edge if it hangs together with another, 2 an edge.
  const marks = new Uint8Array(width * height);
  const waiting: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const m = (y + 1) * wide + x + 1;
      const value = magnitude[m];
      if (value <= weak || !isRidge(magnitude, m, wide, dx[i], dy[i])) continue;
      marks[i] = value > strong ? 2 : 1;
      if (value > strong) waiting.push(i);
    }
  }
  follow(marks, waiting, width, height);
  return { width, height, data: marks.map((mark) => (mark === 2 ? 255 : 0)) };
}

type Gradients = {
  readonly dx: Int16Array;
  readonly dy: Int16Array;
  /** With a border of zeros. */
  readonly magnitude: Int32Array;
};

/** Sobel's derivatives of the channel that changes most; the outermost pixels go on beyond the edges. */
function gradients(image: Bytes): Gradients {
  const { width, height, data } = image;
  const channels = channelsOf(image);
  const dx = new Int16Array(width * height);
  const dy = new Int16Array(width * height);
  const magnitude = new Int32Array((width + 2) * (height + 2));
  for (let y = 0; y < height; y++) {
    const rows = [Math.max(0, y - 1), y, Math.min(height - 1, y + 1)].map((row) => row * width);
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(0, x - 1), Math.min(width - 1, x + 1)];
      let most = -1;
      for (let c = 0; c < channels; c++) {
        const at = (row: number, column: number): number => data[(rows[row] + column) * channels + c];
        const across =
          at(0, right) - at(0, left) + 2 * (at(1, right) - at(1, left)) + at(2, right) - at(2, left);
        const down = at(2, left) - at(0, left) + 2 * (at(2, x) - at(0, x)) + at(2, right) - at(0, right);
        const sum = Math.abs(across) + Math.abs(down);
        if (sum <= most) continue;
        most = sum;
        dx[y * width + x] = across;
        dy[y * width + x] = down;
      }
      magnitude[(y + 1) * (width + 2) + x + 1] = most;
    }
  }
  return { dx, dy, magnitude };
}

/** Whether no neighbour across the edge is stronger; of two equals in a row the first counts, but not on diagonals. */
function isRidge(magnitude: Int32Array, at: number, wide: number, dx: number, dy: number): boolean {
  const value = magnitude[at];
  const [across, down] = [Math.abs(dx), Math.abs(dy) * 2 ** 15];
  const flat = across * slope;
  if (down < flat) return value > magnitude[at - 1] && value >= magnitude[at + 1];
  if (down > flat + across * 2 ** 16) return value > magnitude[at - wide] && value >= magnitude[at + wide];
  const side = (dx ^ dy) < 0 ? -1 : 1;
  return value > magnitude[at - wide - side] && value > magnitude[at + wide + side];
}

/** Makes edges of all possible ones that touch an edge. */
function follow(marks: Uint8Array, waiting: number[], width: number, height: number): void {
  for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
    const [x, y] = [i % width, Math.floor(i / width)];
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
      for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
        const neighbour = row * width + column;
        if (marks[neighbour] !== 1) continue;
        marks[neighbour] = 2;
        waiting.push(neighbour);
      }
    }
  }
}
