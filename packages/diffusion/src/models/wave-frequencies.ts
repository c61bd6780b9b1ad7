import { exp32 } from '../schedule/float32.ts';

const { fround } = Math;

/**
 * Frequencies from 1 down to nearly 1/10000 at which networks are told numbers (Vaswani et al. 2017, section 3.5),
 * rounded at every step as PyTorch rounds them: a number like 1216 makes a thousandfold of the last bit.
 */
export function waveFrequencies(count: number): readonly number[] {
  const slope = fround(-Math.log(10_000));
  return Array.from({ length: count }, (_, i) => exp32(fround(fround(slope * i) / count)));
}
