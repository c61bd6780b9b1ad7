import { numbersSeen } from './graphs.ts';
import type { Spans } from './graphs.ts';

/** Room above what was seen. */
const margin = 1.25;

/** Steps in the range that a quantised value has. */
const steps = 255;

/** Collects what is seen of convolutions, and tells how large their results become against what they are given. */
export function spanCollector(convolutions: readonly string[]): {
  readonly see: (numbers: Float32Array) => void;
  readonly spans: () => Spans;
} {
  const largest = new Map<string, number>();
  return {
    see: (numbers) => {
      convolutions.forEach((name, i) => {
        const [low, high, least, most] = numbers.subarray(i * numbersSeen, (i + 1) * numbersSeen);
        const step = (Math.max(high, 0) - Math.min(low, 0)) / steps;
        const reach = Math.max(Math.abs(least), Math.abs(most));
        if (step > 0 && reach > 0) largest.set(name, Math.max(largest.get(name) ?? 0, reach / step));
      });
    },
    spans: () => new Map([...largest].map(([name, span]) => [name, margin * span])),
  };
}
