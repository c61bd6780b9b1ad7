const { fround } = Math;

/** Instead of 0, which no sigma could express; A1111's figure. */
const nearlyNothing = 4.8973451890853435e-8;

/**
 * Cumulative alphas that end in noise alone. Lin et al.: "Common diffusion noise schedules and sample steps are
 * flawed" (2023), algorithm 1.
 */
export function zeroTerminalAlphas(alphasCumprod: Float32Array): Float32Array {
  const roots = alphasCumprod.map(Math.sqrt);
  const [first, last] = [roots[0], roots[roots.length - 1]];
  const scale = fround(first / fround(first - last));
  const alphas = roots.map((root) => fround(fround(root - last) * scale) ** 2);
  alphas[alphas.length - 1] = nearlyNothing;
  return alphas;
}
