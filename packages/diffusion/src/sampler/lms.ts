import type { Tensor } from '../tensor.ts';
import { combine, derivative } from './arithmetic.ts';
import type { Denoise, SigmaContext } from './sampler.ts';

const order = 4;

/** Linear multistep (Adams-Bashforth) of order 4 on uneven sigmas; k-diffusion's LMS after Katherine Crowson. */
export async function lms(
  denoise: Denoise,
  start: Tensor,
  sigmas: Float32Array,
  context: SigmaContext,
): Promise<Tensor> {
  let x = start;
  let slopes: readonly Tensor[] = [];
  for (let i = 0; i < sigmas.length - 1; i++) {
    const denoised = await denoise(x, sigmas[i]);
    slopes = [derivative(x, sigmas[i], denoised), ...slopes].slice(0, order);
    x = combine([1, x], ...slopes.map((d, j) => [coefficient(sigmas, slopes.length, i, j), d] as const));
    context.onStep({ index: i, level: sigmas[i], denoised });
  }
  return x;
}

/** The integral over the step of the Lagrange polynomial that is 1 at sigma i - j and 0 at the other nodes. */
function coefficient(sigmas: Float32Array, nodes: number, i: number, j: number): number {
  const lagrange = (sigma: number): number => {
    let product = 1;
    for (let k = 0; k < nodes; k++) {
      if (k !== j) product *= (sigma - sigmas[i - k]) / (sigmas[i - j] - sigmas[i - k]);
    }
    return product;
  };
  const [from, to] = [sigmas[i], sigmas[i + 1]];
  // Simpson's rule is exact for cubics.
  return ((to - from) / 6) * (lagrange(from) + 4 * lagrange((from + to) / 2) + lagrange(to));
}
