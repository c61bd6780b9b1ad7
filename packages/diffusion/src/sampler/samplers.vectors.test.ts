/** Whole runs of every sampler against A1111's, evaluation by evaluation (test-data/vectors/samplers*.json). */
import { readVectors } from '@bottega/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RandomSource } from '../api.ts';
import type { Conditioning } from '../denoiser/condition.ts';
import type { NetworkInput } from '../denoiser/network.ts';
import type { Prediction } from '../denoiser/preconditioning.ts';
import { EngineError } from '../errors.ts';
import { brownianNoise } from '../random/brownian-noise.ts';
import { imageNoise } from '../random/image-noise.ts';
import type { LatentShape } from '../random/image-noise.ts';
import { normalGenerator } from '../random/normal-generator.ts';
import { scaledLinearAlphas } from '../schedule/noise-levels.ts';
import { findScheduler } from '../schedule/registry.ts';
import { sizeOf, tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { readSamplerOptions } from './options.ts';
import { findSampler } from './registry.ts';
import { planSample, sample } from './sample.ts';
import type { SampleInput } from './sample.ts';

/** A condition's number, or what it is until (and with) which call. */
type Scheduled = number | readonly (readonly [until: number, k: number])[];

type Case = {
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

for (const file of ['samplers', 'samplers_options', 'samplers_img2img']) {
  for (const [index, row] of readVectors<{ readonly cases: readonly Case[] }>(file).cases.entries()) {
    test(`${file} ${index}: ${row.sampler}, ${row.scheduler}, ${row.steps} steps`, () => check(row));
  }
}

async function check(row: Case): Promise<void> {
  const options = readSamplerOptions({ ...row.opts, eta: row.eta, s_min_uncond: row.s_min_uncond });
  const asked: NetworkInput[] = [];
  let draws = 0;
  const next = imageNoise({
    source: row.source,
    shape: row.shape,
    seeds: row.seeds,
    etaNoiseSeedDelta: Number(row.opts?.eta_noise_seed_delta ?? 0),
  });
  const input: SampleInput = {
    sampler: findSampler(row.sampler),
    scheduler: findScheduler(row.scheduler),
    steps: row.steps,
    options,
    scale: row.cfg_scale,
    conditioning: (call) => conditioning(row, call),
    model: {
      alphasCumprod,
      prediction: row.parameterization === 'v' ? 'v' : ('epsilon' satisfies Prediction),
      alignedFor: 'sd1',
      network: (input) => {
        asked.push(input);
        return Promise.resolve(stubNetwork(input));
      },
    },
    noise: {
      next: () => {
        draws++;
        return next();
      },
      brownian: (sigmaMin, sigmaMax) =>
        brownianNoise({ source: row.source, shape: row.shape, seeds: row.seeds, sigmaMin, sigmaMax }),
    },
    picture: row.img2img && {
      strength: row.denoising_strength ?? 0,
      exactSteps: row.steps_arg ?? undefined,
      hires: row.steps_arg === null ? undefined : {},
      latents: pictureOf(row),
      keep: row.mask === undefined ? undefined : maskOf(row.shape),
    },
  };
  if (row.error !== undefined) {
    await assert.rejects(sample(input), { name: EngineError.name, code: 'sampler.too-few-steps' });
    return;
  }
  const steps: number[] = [];
  const plan = planSample(input);
  const { latents, extras } = await sample({ ...input, onStep: ({ index }) => steps.push(index) });

  assert.equal(asked.length, row.calls.length, 'calls');
  row.calls.forEach(({ t, x }, call) => {
    const given = asked[call];
    assert.ok(
      Math.abs(given.timesteps[0] - t) <= 1e-4 * Math.max(1, t),
      `call ${call}: t ${given.timesteps[0]} not ${t}`,
    );
    if (row.mask === undefined)
      assertNear(every(unscaled(row, call, given), row.x_stride), x, `call ${call}`);
  });
  assertNear(latents.data, row.final ?? [], 'final');
  assert.equal(draws, row.rng_next_calls, 'draws');
  assert.deepEqual(Object.entries(extras), Object.entries(row.extra_generation_params ?? {}));
  if (plan.calls !== undefined) assert.equal(plan.calls, row.calls.length, 'planned calls');
  if (plan.steps !== undefined) assert.equal(plan.steps, steps.length, 'planned steps');
  assert.deepEqual(steps, [...steps.keys()]);
}

/** The model of the vectors: x (u (2 - u)) + 0.05 k tanh(x). */
function stubNetwork({ x, timesteps, context }: NetworkInput): Tensor {
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

function conditioning(row: Case, call: number): Conditioning {
  const at = (scheduled: Scheduled): number =>
    typeof scheduled === 'number'
      ? scheduled
      : (scheduled.find(([until]) => call <= until) ?? scheduled[0])[1];
  const condition = (k: number) => ({ context: tensor([1, 1], Float32Array.of(k)) });
  const parts = row.and_prompts ?? [[at(row.k_cond ?? 0), 1] as const];
  return {
    positive: row.seeds.map(() => parts.map(([k, weight]) => ({ condition: condition(k), weight }))),
    negative: row.seeds.map(() => condition(at(row.k_uncond))),
  };
}

function pictureOf({ img2img, seeds, shape }: Case): Tensor {
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

/** The pictures that the denoiser was given, from what reached the network. */
function unscaled(row: Case, call: number, { x }: NetworkInput): Float32Array {
  const onTimesteps = ['DDIM', 'DDIM CFG++', 'PLMS', 'UniPC'].includes(row.sampler);
  const scale = onTimesteps ? 1 : Math.sqrt(row.calls[call].sigma ** 2 + 1);
  const rowsOfPicture = row.and_prompts?.length ?? 1;
  const size = sizeOf(row.shape);
  const pictures = row.seeds.map((_, i) =>
    x.data.subarray(i * rowsOfPicture * size, (i * rowsOfPicture + 1) * size),
  );
  return Float32Array.from(pictures.flatMap((picture) => [...picture].map((value) => value * scale)));
}

function every(values: Float32Array, stride = 1): Float32Array {
  return values.filter((_, i) => i % stride === 0);
}

/** Tolerance 1e-4 of the largest value. */
function assertNear(actual: ArrayLike<number>, expected: readonly number[], message: string): void {
  assert.equal(actual.length, expected.length, message);
  const scale = Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => {
    const off = Math.abs(actual[i] - value);
    assert.ok(off <= 1e-4 * scale, `${message} [${i}]: ${actual[i]} instead of ${value}, ${off / scale} off`);
  });
}
