/** For tests: the cases of test-data/vectors/samplers*.json and the stub model that they were computed with. */
import type { RandomSource } from '../api.ts';
import type { Condition, Conditioning } from '../denoiser/condition.ts';
import type { NetworkInput } from '../denoiser/network.ts';
import { brownianNoise } from '../random/brownian-noise.ts';
import { imageNoise } from '../random/image-noise.ts';
import type { LatentShape } from '../random/image-noise.ts';
import { normalGenerator } from '../random/normal-generator.ts';
import { scaledLinearAlphas } from '../schedule/noise-levels.ts';
import { findScheduler } from '../schedule/registry.ts';
import { sizeOf, tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { readSamplerOptions } from './options.ts';
import type { Noise } from './plan.ts';
import { findSampler } from './registry.ts';
import type { SampleInput } from './sample.ts';

/** A condition's number, or what it is until (and with) which call. */
type Scheduled = number | readonly (readonly [until: number, k: number])[];

export type VectorCase = {
  readonly sampler: string;
  readonly scheduler: string;
  readonly steps: number;
  readonly cfg_scale: number;
  readonly seeds: readonly number[];
  readonly shape: LatentShape;
  readonly k_cond?: Scheduled;
  readonly k_uncond: Scheduled;
  readonly and_prompts?: readonly (readonly [k: number, weight: number])[];
  readonly source: RandomSource;
  readonly parameterization?: 'v' | 'eps';
  readonly eta?: number;
  readonly s_min_uncond?: number;
  readonly opts?: Readonly<Record<string, number | boolean | string>>;
  readonly img2img?: { readonly latent_seed: number; readonly latent_scale: number };
  readonly denoising_strength?: number;
  readonly steps_arg?: number | null;
  readonly mask?: string;
  readonly calls: readonly { readonly sigma: number; readonly t: number; readonly x: readonly number[] }[];
  readonly x_stride?: number;
  readonly rng_next_calls: number;
  readonly extra_generation_params?: Readonly<Record<string, unknown>>;
  readonly final?: readonly number[];
  readonly error?: string;
};

const alphasCumprod = scaledLinearAlphas();

/** The run that a case describes. */
export function inputOf(row: VectorCase): SampleInput {
  return {
    sampler: findSampler(row.sampler),
    scheduler: findScheduler(row.scheduler),
    steps: row.steps,
    options: readSamplerOptions({ ...row.opts, eta: row.eta, s_min_uncond: row.s_min_uncond }),
    scale: row.cfg_scale,
    conditioning: (call) => conditioningOf(row, call),
    model: {
      alphasCumprod,
      prediction: row.parameterization === 'v' ? 'v' : 'epsilon',
      alignedFor: 'sd1',
      network: (input) => Promise.resolve(stubNetwork(input)),
    },
    noise: noiseOf(row),
    picture: row.img2img && {
      strength: row.denoising_strength ?? 0,
      exactSteps: row.steps_arg ?? undefined,
      hires: row.steps_arg === null ? undefined : {},
      latents: pictureOf(row),
      keep: row.mask === undefined ? undefined : maskOf(row.shape),
    },
  };
}

function noiseOf({ source, shape, seeds, opts }: VectorCase): Noise {
  return {
    next: imageNoise({ source, shape, seeds, etaNoiseSeedDelta: Number(opts?.eta_noise_seed_delta ?? 0) }),
    brownian: (sigmaMin, sigmaMax) => brownianNoise({ source, shape, seeds, sigmaMin, sigmaMax }),
  };
}

/** x (u (2 - u)) + 0.05 k tanh(x), where u = t / 1000 and k stands for the prompt. */
export function stubNetwork({ x, timesteps, context }: NetworkInput): Tensor {
  const size = x.data.length / x.shape[0];
  return tensor(
    x.shape,
    x.data.map((value, i) => {
      const row = Math.floor(i / size);
      const u = timesteps[row] / 1000;
      return value * (u * (2 - u)) + 0.05 * context.data[row] * Math.tanh(value);
    }),
  );
}

/** The condition that the stub reads as `k`. */
export function stubCondition(k: number): Condition {
  return { context: tensor([1, 1], Float32Array.of(k)) };
}

function conditioningOf(
  { and_prompts, k_cond = 0, k_uncond, seeds }: VectorCase,
  call: number,
): Conditioning {
  const parts = and_prompts ?? [[numberAt(k_cond, call), 1] as const];
  return {
    positive: seeds.map(() => parts.map(([k, weight]) => ({ condition: stubCondition(k), weight }))),
    negative: seeds.map(() => stubCondition(numberAt(k_uncond, call))),
  };
}

/** Calls beyond the schedule get its first entry, as in the original. */
function numberAt(scheduled: Scheduled, call: number): number {
  if (typeof scheduled === 'number') return scheduled;
  return (scheduled.find(([until]) => call <= until) ?? scheduled[0])[1];
}

function pictureOf({ img2img, seeds, shape }: VectorCase): Tensor {
  const { latent_seed: seed = 0, latent_scale: scale = 1 } = img2img ?? {};
  const rows = seeds.map((_, i) => normalGenerator('NV', seed + i)(sizeOf(shape)).map((v) => v * scale));
  return tensor([seeds.length, ...shape], Float32Array.from(rows.flatMap((row) => [...row])));
}

function maskOf([, height, width]: LatentShape): Tensor {
  const keep = Array.from({ length: height * width }, (_, i) =>
    ((i % width) + 2 * Math.floor(i / width)) % 5 < 2 ? 1 : 0,
  );
  return tensor([height, width], Float32Array.from(keep));
}
