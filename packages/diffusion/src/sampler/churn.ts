import type { Tensor } from '../tensor.ts';
import { combine } from './arithmetic.ts';
import type { SigmaContext } from './sampler.ts';

/**
 * Raises the noise level before a step (Karras et al. 2022, algorithm 2, lines 4 to 6). Noise is drawn even where
 * it is not used, so that the noise of later steps does not depend on it.
 */
export function churn(
  x: Tensor,
  sigmas: Float32Array,
  i: number,
  { sChurn, sTmin, sTmax, sNoise, noise }: SigmaContext,
): { readonly x: Tensor; readonly sigmaHat: number } {
  const sigma = sigmas[i];
  const gamma = sTmin <= sigma && sigma <= sTmax ? Math.min(sChurn / (sigmas.length - 1), Math.SQRT2 - 1) : 0;
  const eps = noise(sigma, sigma);
  const sigmaHat = Math.fround(sigma * (gamma + 1));
  if (gamma === 0) return { x, sigmaHat };
  return { x: combine([1, x], [Math.sqrt(sigmaHat ** 2 - sigma ** 2) * sNoise, eps]), sigmaHat };
}
