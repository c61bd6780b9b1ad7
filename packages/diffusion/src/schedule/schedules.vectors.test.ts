/** Schedules, conversions and starts against A1111's (test-data/vectors/schedules.json). */
import { readVectors } from '@bottega/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '../errors.ts';
import { readSamplerOptions } from '../sampler/options.ts';
import { findSampler } from '../sampler/registry.ts';
import { resolveSampler } from '../sampler/resolve.ts';
import { imageSteps } from './image-steps.ts';
import { discreteLevels, distilledLevels, scaledLinearAlphas } from './noise-levels.ts';
import { automatic, findScheduler } from './registry.ts';
import { sigmasFor } from './sigmas.ts';
import { timestepsFor } from './timesteps.ts';

type Options = Readonly<Record<string, number | boolean>>;
type Row = readonly number[];

const vectors = readVectors<{
  readonly model: {
    readonly alphas_cumprod: Row;
    readonly sigmas: Row;
    readonly lcm_sigmas: Row;
    readonly sigma_min: number;
    readonly sigma_max: number;
  };
  readonly cases: readonly {
    readonly sampler: string;
    readonly scheduler: string;
    readonly steps: number;
    readonly opts: Options;
    readonly sdxl: boolean;
    readonly sigmas: Row;
    readonly extra: Readonly<Record<string, unknown>>;
    /** Instead of both, where the original fails. */
    readonly error?: string;
  }[];
  readonly conversions: Readonly<Record<string, Row>>;
  readonly timesteps: readonly { readonly steps: number; readonly opts?: Options; readonly timesteps: Row }[];
  readonly img2img: readonly ({
    readonly steps: number;
    readonly denoising_strength: number;
    readonly img2img_fix_steps: boolean;
    readonly steps_arg: number | null;
    readonly result_steps: number;
    readonly t_enc: number;
  } & Readonly<Record<string, unknown>>)[];
  readonly sampler_resolution: readonly (readonly [string, string | null, boolean, string, string])[];
}>('schedules');

const alphas = scaledLinearAlphas();
const levels = discreteLevels(alphas);
const lcmLevels = distilledLevels(alphas);

function assertRelative(actual: ArrayLike<number>, expected: Row, message: string): void {
  assert.equal(actual.length, expected.length, `${message}: ${Array.from(actual)}`);
  expected.forEach((value, i) => {
    const off = Math.abs(actual[i] - value);
    assert.ok(off <= 1e-5 * Math.abs(value), `${message} [${i}]: ${actual[i]} instead of ${value}`);
  });
}

function sigmas(name: string, scheduler: string, steps: number, opts: Options, sdxl = false) {
  const sampler = findSampler(name);
  return sigmasFor({
    scheduler: findScheduler(scheduler),
    samplerDefault: sampler.defaultScheduler,
    discardNextToLast: sampler.discardNextToLastSigma,
    steps,
    levels: name === 'LCM' ? lcmLevels : levels,
    alignedFor: sdxl ? 'sdxl' : 'sd1',
    options: readSamplerOptions(opts),
  });
}

function planOf(name: string, scheduler: string, steps: number, opts: Options) {
  const model = { alphasCumprod: alphas, prediction: 'epsilon', alignedFor: 'sd1' } as const;
  const options = readSamplerOptions(opts);
  return findSampler(name).plan({ scheduler: findScheduler(scheduler), steps, options, model });
}

test('the model’s own levels', () => {
  assertRelative(alphas, vectors.model.alphas_cumprod, 'alphas');
  assertRelative(levels.sigmas, vectors.model.sigmas, 'sigmas');
  assertRelative(lcmLevels.sigmas, vectors.model.lcm_sigmas, 'distilled sigmas');
  assertRelative(
    [levels.sigmaMin, levels.sigmaMax],
    [vectors.model.sigma_min, vectors.model.sigma_max],
    'ends',
  );
});

for (const { sampler, scheduler, steps, opts, sdxl, ...expected } of vectors.cases) {
  test(`${sampler}, ${scheduler}, ${steps} steps${sdxl ? ', XL' : ''} ${JSON.stringify(opts)}`, () => {
    if (expected.error !== undefined) {
      assert.throws(() => planOf(sampler, scheduler, steps, opts), { name: EngineError.name });
      return;
    }
    const result = sigmas(sampler, scheduler, steps, opts, sdxl);
    assertRelative(result.sigmas, expected.sigmas, 'sigmas');
    assert.deepEqual(Object.entries(result.extras), Object.entries(expected.extra));
  });
}

test('sigmas to timesteps and back', () => {
  const { sigma, t, ...expected } = vectors.conversions;
  const quantized = discreteLevels(alphas, true);
  assertRelative(sigma.map(levels.sigmaToT), expected.sigma_to_t, 'fractional');
  assertRelative(sigma.map(quantized.sigmaToT), expected.sigma_to_t_quantized, 'quantized');
  assertRelative(sigma.map(lcmLevels.sigmaToT), expected.lcm_sigma_to_t, 'distilled');
  assertRelative(t.map(levels.tToSigma), expected.t_to_sigma, 'back');
  assertRelative(t.map(lcmLevels.tToSigma), expected.lcm_t_to_sigma, 'back, distilled');
});

test('timesteps', () => {
  for (const { steps, opts = {}, timesteps } of vectors.timesteps) {
    assert.deepEqual(timestepsFor(steps, readSamplerOptions(opts)).timesteps, timesteps, `${steps} steps`);
  }
});

for (const row of vectors.img2img) {
  const options = readSamplerOptions({ img2img_fix_steps: row.img2img_fix_steps });
  test(`image to image: ${row.steps} steps, strength ${row.denoising_strength}, ${row.steps_arg}`, () => {
    const { steps, encoded } = imageSteps(
      row.steps,
      row.denoising_strength,
      options,
      row.steps_arg ?? undefined,
    );
    assert.deepEqual([steps, encoded], [row.result_steps, row.t_enc]);
    // The original breaks on no steps; plans refuse them.
    if (steps === 0) return;
    const schedules = Object.entries(row).filter(([key]) => key.startsWith('sigma_sched_'));
    assert.ok(schedules.length > 0);
    for (const [key, expected] of schedules) {
      const name = key.slice('sigma_sched_'.length);
      const walked = sigmas(name, 'Automatic', steps, {}).sigmas.subarray(steps - encoded - 1);
      assertRelative(walked, expected as Row, name);
    }
    const { timesteps } = timestepsFor(steps, options);
    assert.deepEqual(timesteps.slice(0, encoded), row.ddim_timesteps_sched);
    assert.equal(timesteps[encoded], row.ddim_noise_timestep);
  });
}

test('names to samplers and schedules', () => {
  for (const [name, schedule, convert, ...expected] of vectors.sampler_resolution) {
    const { sampler, scheduler } = resolveSampler(name, schedule, convert);
    assert.deepEqual([sampler.name, scheduler.label], expected, `${name}, ${schedule}, ${convert}`);
  }
  assert.equal(resolveSampler().scheduler, automatic);
});
