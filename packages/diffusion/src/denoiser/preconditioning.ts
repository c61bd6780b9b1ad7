import type { NoiseLevels } from '../schedule/noise-levels.ts';

/** What the network was trained to predict. */
export type Prediction = 'epsilon' | 'v';

/**
 * How to ask the network at a noise level and what to make of its answer, in Karras et al.'s (2022) notation:
 * answer = cSkip x + cOut network(cIn x, timestep).
 */
export type Preconditioning = {
  readonly timestep: number;
  readonly cIn: number;
  readonly cSkip: number;
  readonly cOut: number;
};

/** Per level: a sigma where the answer is the denoised picture, a timestep where it is the noise. */
export type Precondition = (level: number) => Preconditioning;

/** The answer is the denoised picture at a sigma, where x = picture + sigma noise (k-diffusion's CompVis wrappers). */
export function denoisedAtSigma(levels: NoiseLevels, prediction: Prediction): Precondition {
  return (level) => {
    const sigma = Math.fround(level);
    const timestep = levels.sigmaToT(sigma);
    const cIn = 1 / Math.sqrt(sigma ** 2 + 1);
    return prediction === 'v'
      ? { timestep, cIn, cSkip: cIn ** 2, cOut: -sigma * cIn }
      : { timestep, cIn, cSkip: 1, cOut: -sigma };
  };
}

/**
 * The same for a latent consistency model, whose answer fades from x to the network's as the timestep grows.
 * Luo et al.: "Latent consistency models" (2023), with sigma_data 0.5 and timesteps scaled by 10. Such models are
 * distilled to predict epsilon.
 */
export function consistentAtSigma(levels: NoiseLevels): Precondition {
  const denoised = denoisedAtSigma(levels, 'epsilon');
  const sigmaData = 0.5;
  return (sigma) => {
    const { timestep, cIn, cSkip, cOut } = denoised(sigma);
    const scaled = timestep * 10;
    const norm = scaled ** 2 + sigmaData ** 2;
    const share = scaled / Math.sqrt(norm);
    return { timestep, cIn, cSkip: share * cSkip + sigmaData ** 2 / norm, cOut: share * cOut };
  };
}

/** The answer is the noise at a timestep, where x = sqrt(alpha) picture + sqrt(1 - alpha) noise (DDIM's form). */
export function noiseAtTimestep(alphasCumprod: Float32Array, prediction: Prediction): Precondition {
  return (level) => {
    const timestep = Math.fround(level);
    if (prediction === 'epsilon') return { timestep, cIn: 1, cSkip: 0, cOut: 1 };
    const alpha = alphasCumprod[Math.trunc(timestep)];
    return { timestep, cIn: 1, cSkip: Math.sqrt(1 - alpha), cOut: Math.sqrt(alpha) };
  };
}
