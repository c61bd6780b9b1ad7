import { apply, microsoft } from '../value.ts';
import type { Value } from '../value.ts';

/** max(x, 0). */
export function relu(x: Value): Value {
  return apply('Relu', [x], x.shape);
}

/** x where it is positive, else `slope * x` (Maas et al. 2013). */
export function leakyRelu(x: Value, slope: number): Value {
  return apply('LeakyRelu', [x], x.shape, { attributes: { alpha: { float: slope } } });
}

/**
 * As `leakyRelu`, with slopes that were learned (He et al. 2015).
 * @param slopes of a shape that broadcasts to that of x, such as `[channels, 1, 1]`.
 */
export function parametricRelu(x: Value, slopes: Value): Value {
  return apply('PRelu', [x, slopes], x.shape);
}

/** x * sigmoid(x), also called swish (Elfwing et al. 2017). */
export function silu(x: Value): Value {
  return sigmoidWeighted(x, 1);
}

/** x * sigmoid(1.702 x), the approximation of GELU that OpenAI's CLIP was trained with. */
export function quickGelu(x: Value): Value {
  return sigmoidWeighted(x, 1.702);
}

/** x * Phi(x) with the exact normal distribution function (Hendrycks and Gimpel 2016). */
export function gelu(x: Value): Value {
  return apply('Gelu', [x], x.shape, { attributes: { approximate: { string: 'none' } } });
}

function sigmoidWeighted(x: Value, alpha: number): Value {
  return apply('QuickGelu', [x], x.shape, { attributes: { alpha: { float: alpha } }, domain: microsoft });
}
