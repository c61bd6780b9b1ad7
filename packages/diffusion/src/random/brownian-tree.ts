import type { RandomSource } from '../api.ts';
import { normalGenerator } from './normal-generator.ts';
import { seedSequence } from './seed-sequence.ts';

const poolSize = 24;

/** A piece of the path: its end points, its place in the tree and what the path gains in it. */
type Interval = {
  readonly start: number;
  readonly end: number;
  readonly index: number;
  readonly depth: number;
  readonly gain: Float32Array;
};

/**
 * A Brownian path over `[start, end]` that its seed determines wholly: the interval is halved again and again, and
 * each half's gain is drawn from its parent's by Brownian bridge. Times are exact to 6 decimals.
 * Li, Wong, Chen, Duvenaud: "Scalable gradients for stochastic differential equations" (2020); torchsde 0.2.6.
 * @param size values of the path at a time.
 * @returns what the path gains between two times; times outside the interval count as its ends.
 */
export function brownianTree(
  source: RandomSource,
  seed: number,
  size: number,
  start: number,
  end: number,
): (from: number, to: number) => Float32Array {
  const normals = (word: number): Float32Array => normalGenerator(source, word)(size);
  const spread = Math.sqrt(end - start);
  const root: Interval = {
    start: round6(start),
    end: round6(end),
    index: 0,
    depth: 0,
    gain: normals(seedSequence(seed, [], poolSize, 1)[0]).map((value) => value * spread),
  };
  const clamp = (time: number): number => Math.min(root.end, Math.max(root.start, round6(time)));

  function halve(whole: Interval): readonly [Interval, Interval] {
    const middle = round6(0.5 * (whole.start + whole.end));
    const left = middle - whole.start;
    const right = whole.end - middle;
    const share = left / (whole.end - whole.start);
    const deviation = Math.sqrt(share * right);
    const noise = normals(seedSequence(seed, [whole.index, whole.depth], poolSize, 1)[0]);
    const leftGain = whole.gain.map((gain, i) => share * gain + deviation * noise[i]);
    const rightGain = whole.gain.map((gain, i) => gain - leftGain[i]);
    const depth = whole.depth + 1;
    return [
      { start: whole.start, end: middle, index: 2 * whole.index, depth, gain: leftGain },
      { start: middle, end: whole.end, index: 2 * whole.index + 1, depth, gain: rightGain },
    ];
  }

  return (from, to) => {
    const sum = new Float32Array(size);
    function add(interval: Interval, a: number, b: number): void {
      if (a >= b) return;
      if (a === interval.start && b === interval.end) {
        interval.gain.forEach((gain, i) => (sum[i] += gain));
        return;
      }
      const [left, right] = halve(interval);
      add(left, a, Math.min(b, left.end));
      add(right, Math.max(a, right.start), b);
    }
    add(root, clamp(from), clamp(to));
    return sum;
  };
}

/** Python's `round(x, 6)`: to 6 decimals, ties to even. */
function round6(x: number): number {
  const isTie = Math.abs((x * 128) % 2) === 1;
  if (!isTie) return Number(x.toFixed(6));
  const below = Math.floor(x * 1e6);
  return (below % 2 === 0 ? below : below + 1) / 1e6;
}
