/**
 * Splits a step into a walk down to `sigmaDown` and noise of `sigmaUp` on top, so that both together reach `to`.
 * Song et al.: "Score-based generative modeling through stochastic differential equations" (2021), in sigmas.
 */
export function ancestralStep(
  from: number,
  to: number,
  eta: number,
): { readonly sigmaDown: number; readonly sigmaUp: number } {
  if (eta === 0) return { sigmaDown: to, sigmaUp: 0 };
  const f = Math.fround;
  const variance = f(f(f(to ** 2) * f(f(from ** 2) - f(to ** 2))) / f(from ** 2));
  const sigmaUp = Math.min(to, f(eta * f(Math.sqrt(variance))));
  return { sigmaDown: f(Math.sqrt(f(f(to ** 2) - f(sigmaUp ** 2)))), sigmaUp };
}
