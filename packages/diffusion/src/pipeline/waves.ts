import { waveFrequencies } from '../models/wave-frequencies.ts';

const { fround } = Math;

const width = 256;

/**
 * Numbers as SDXL is told them: each as cosines, then sines, at 128 frequencies from 1 down to nearly 1/10000
 * (Vaswani et al. 2017, section 3.5), one after the other.
 */
export function waves(numbers: readonly number[]): Float32Array {
  const half = width / 2;
  const values = new Float32Array(numbers.length * width);
  const frequencies = waveFrequencies(half);
  numbers.forEach((number, place) => {
    for (let i = 0; i < half; i++) {
      const angle = fround(fround(number) * frequencies[i]);
      values[place * width + i] = Math.cos(angle);
      values[place * width + half + i] = Math.sin(angle);
    }
  });
  return values;
}
