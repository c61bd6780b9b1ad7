import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/** How a grey mask mixes what is drawn with the original (A1111's "soft inpainting"). */
export type SoftBlend = {
  /** The power of the noise level that counts: the larger, the later the original comes back. */
  readonly scheduleBias: number;
  /** How strongly the original is kept where the mask is grey. */
  readonly preservationStrength: number;
  /** Power of the mean of magnitudes: 1 mixes them evenly, more prefers the larger. */
  readonly transitionContrastBoost: number;
};

/** So that nothing is divided by nothing. */
const tiny = 0.00001;

/**
 * Directions are mixed as the mask says, lengths by a power mean, so that a mixture is not flatter than its parts.
 * The drawn share is the mask's to the power of the noise that is left: grey parts keep more of the original at first.
 * @param x `[batch, channels, h, w]`, as are the originals; `keep` is `[h, w]`.
 * @param level the noise level as the sampler has it: a sigma, or a timestep.
 */
export function softBlend(x: Tensor, original: Tensor, keep: Tensor, level: number, soft: SoftBlend): Tensor {
  const [batch, channels] = x.shape;
  const area = keep.data.length;
  const exponent = level ** soft.scheduleBias * soft.preservationStrength;
  const power = soft.transitionContrastBoost;
  const result = tensor(x.shape);
  for (let i = 0; i < area; i++) {
    const drawn = (1 - keep.data[i]) ** exponent;
    for (let row = 0; row < batch; row++) {
      const at = (channel: number): number => (row * channels + channel) * area + i;
      let [mixed, before, after] = [0, 0, 0];
      for (let channel = 0; channel < channels; channel++) {
        const [a, b] = [original.data[at(channel)], x.data[at(channel)]];
        const value = a * (1 - drawn) + b * drawn;
        result.data[at(channel)] = value;
        mixed += value * value;
        before += a * a;
        after += b * b;
      }
      const wanted =
        (Math.sqrt(before) ** power * (1 - drawn) + Math.sqrt(after) ** power * drawn) ** (1 / power);
      const factor = wanted / (Math.sqrt(mixed) + tiny);
      for (let channel = 0; channel < channels; channel++) result.data[at(channel)] *= factor;
    }
  }
  return result;
}
