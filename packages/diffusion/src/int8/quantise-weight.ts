/** A weight as signed integers, and what each output channel is to be multiplied with. */
export type QuantisedNumbers = { readonly integers: Int8Array; readonly scales: Float32Array };

/** A bias is counted in steps of this and of the input's scale, which must not become more than integers hold. */
const smallestScale = 1e-6;

/**
 * Quantises a weight symmetrically, each output channel with its own scale.
 * @param numbers output channels first.
 * @param channels how many there are.
 * @param isTransposed whether the result has the output channels last, as matrix products take them.
 * @param largest the largest integer: 127, or 63 where two products must fit into 16 bits.
 */
export function quantiseWeight(
  numbers: Float32Array,
  channels: number,
  isTransposed: boolean,
  largest: number,
): QuantisedNumbers {
  const size = numbers.length / channels;
  const integers = new Int8Array(numbers.length);
  const scales = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const start = channel * size;
    let peak = 0;
    for (let i = start; i < start + size; i++) {
      const value = Math.abs(numbers[i]);
      if (value > peak) peak = value;
    }
    scales[channel] = Math.max(peak / largest, smallestScale);
    const factor = 1 / scales[channel];
    const step = isTransposed ? channels : 1;
    let to = isTransposed ? channel : start;
    for (let i = start; i < start + size; i++, to += step) integers[to] = Math.round(numbers[i] * factor);
  }
  return { integers, scales };
}
