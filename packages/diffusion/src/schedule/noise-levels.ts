import { exp32, log32 } from './float32.ts';

const { fround } = Math;

/**
 * The noise levels a discrete-time model was trained on, and the way between its timesteps and sigmas:
 * what schedules are made of and what the denoiser translates with.
 */
export type NoiseLevels = {
  /** Ascending, one a trained timestep. */
  readonly sigmas: Float32Array;
  readonly sigmaMin: number;
  readonly sigmaMax: number;
  /** The timestep of a noise level, clamped to the trained ones. */
  readonly sigmaToT: (sigma: number) => number;
  /** The noise level of a timestep, which may be fractional. */
  readonly tToSigma: (t: number) => number;
};

/** Stable Diffusion's cumulative alphas: 1000 betas, evenly spaced in their roots from 0.00085 to 0.012. */
export function scaledLinearAlphas(): Float32Array {
  const [first, last] = [0.00085, 0.012].map(Math.sqrt);
  const alphas = new Float32Array(1000);
  let product = 1;
  for (let t = 0; t < 1000; t++) {
    product *= 1 - (first + ((last - first) * t) / 999) ** 2;
    alphas[t] = product;
  }
  return alphas;
}

/**
 * The levels of a model with these cumulative alphas; between two timesteps log sigma is linear (k-diffusion).
 * @param quantize whether `sigmaToT` answers the nearest whole timestep instead of a fractional one.
 */
export function discreteLevels(alphasCumprod: Float32Array, quantize = false): NoiseLevels {
  const sigmas = alphasCumprod.map((alpha) => Math.sqrt(fround(fround(1 - alpha) / alpha)));
  const logSigmas = sigmas.map(log32);
  return {
    sigmas,
    sigmaMin: sigmas[0],
    sigmaMax: sigmas[sigmas.length - 1],
    sigmaToT: (sigma) => (quantize ? nearest(logSigmas, sigma) : fractional(logSigmas, sigma)),
    tToSigma: (t) => interpolate(logSigmas, t),
  };
}

const distilledSteps = 50;

/**
 * The 50 of the timesteps (19, 39 ... 999) that latent consistency models were distilled on.
 * Luo et al.: "Latent consistency models" (2023).
 */
export function distilledLevels(alphasCumprod: Float32Array): NoiseLevels {
  const stride = alphasCumprod.length / distilledSteps;
  const kept = Float32Array.from({ length: distilledSteps }, (_, i) => alphasCumprod[(i + 1) * stride - 1]);
  const levels = discreteLevels(kept, true);
  return {
    ...levels,
    sigmaToT: (sigma) => levels.sigmaToT(sigma) * stride + stride - 1,
    tToSigma: (t) => levels.tToSigma(Math.min(Math.max((t - (stride - 1)) / stride, 0), distilledSteps - 1)),
  };
}

/** Index of the sigma that differs least. */
export function nearestLevel(sigmas: Float32Array, sigma: number): number {
  let best = 0;
  for (let i = 1; i < sigmas.length; i++) {
    if (Math.abs(sigma - sigmas[i]) < Math.abs(sigma - sigmas[best])) best = i;
  }
  return best;
}

/** Index of the closest level. */
function nearest(logSigmas: Float32Array, sigma: number): number {
  const log = log32(fround(sigma));
  let best = 0;
  for (let i = 1; i < logSigmas.length; i++) {
    if (Math.abs(log - logSigmas[i]) < Math.abs(log - logSigmas[best])) best = i;
  }
  return best;
}

function fractional(logSigmas: Float32Array, sigma: number): number {
  const log = log32(fround(sigma));
  const above = logSigmas.findIndex((level) => level > log);
  const high = Math.min(Math.max(above === -1 ? logSigmas.length : above, 1), logSigmas.length - 1);
  const low = high - 1;
  const gap = fround(logSigmas[low] - logSigmas[high]);
  const weight = fround(fround(logSigmas[low] - log) / gap);
  const clamped = Math.min(Math.max(weight, 0), 1);
  return fround(fround(fround(1 - clamped) * low) + fround(clamped * high));
}

function interpolate(logSigmas: Float32Array, timestep: number): number {
  const t = fround(timestep);
  const low = Math.floor(t);
  const weight = fround(t - low);
  const log = fround(fround(1 - weight) * logSigmas[low]) + fround(weight * logSigmas[Math.ceil(t)]);
  return exp32(fround(log));
}
