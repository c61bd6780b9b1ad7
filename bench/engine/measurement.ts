import type { Operations } from '@bottega/graph';
import { tensor } from '../../packages/diffusion/src/tensor.ts';
import type { Tensor } from '../../packages/diffusion/src/tensor.ts';

export type Measurement = {
  readonly threads: number;
  /** Seconds from the path to a session that is ready to run. */
  readonly load?: number;
  /** Seconds of each evaluation after the first. */
  readonly seconds: readonly number[];
  /** Seconds of all processors in the fastest of them: what it costs where others compute too. */
  readonly processor: number;
  /** Bytes resident at most, the mapped file included. */
  readonly peak: number;
  readonly operations: Operations;
  /** Energy of the result over that of the error against floats, in decibels; where there is an error. */
  readonly quality?: number;
};

/** Seconds and processor seconds of something done again and again. */
export async function timed(
  runs: number,
  run: () => Promise<unknown>,
): Promise<Pick<Measurement, 'seconds' | 'processor'>> {
  const seconds: number[] = [];
  let processor = Infinity;
  for (let i = 0; i < runs; i++) {
    const [before, usedBefore] = [performance.now(), process.cpuUsage()];
    await run();
    seconds.push((performance.now() - before) / 1000);
    const { user, system } = process.cpuUsage(usedBefore);
    processor = Math.min(processor, (user + system) / 1e6);
  }
  return { seconds, processor };
}

/** Bytes that were resident at most so far. */
export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** Numbers spread about as noise is. */
export function noise(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    shape,
    Float32Array.from({ length: size }, (_, i) => 1.7 * Math.sin(i * i)),
  );
}

/** In decibels. */
export function signalToError(actual: Tensor, expected: Tensor): number {
  let [signal, error] = [0, 0];
  expected.data.forEach((value, i) => {
    signal += value ** 2;
    error += (value - actual.data[i]) ** 2;
  });
  return 10 * Math.log10(signal / error);
}
