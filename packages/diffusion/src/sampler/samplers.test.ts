/** What holds of every sampler, whatever the model. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertClose } from '@bottega/testing';
import { rowOf } from '../denoiser/rows.ts';
import { EngineError } from '../errors.ts';
import { discreteLevels, scaledLinearAlphas } from '../schedule/noise-levels.ts';
import { schedulers } from '../schedule/registry.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { defaultOptions, readSamplerOptions } from './options.ts';
import type { Sampler } from './plan.ts';
import { findSampler, samplers } from './registry.ts';
import { planSample, sample } from './sample.ts';
import type { SampleInput } from './sample.ts';
import { inputOf } from './vector-case.ts';

function inputFor(
  sampler: Sampler,
  seeds: readonly number[],
  options: Record<string, number> = {},
): SampleInput {
  return inputOf({
    sampler: sampler.name,
    scheduler: 'Automatic',
    steps: 8,
    cfg_scale: 5,
    seeds,
    shape: [4, 4, 4],
    k_cond: 0.5,
    k_uncond: -0.25,
    source: 'NV',
    opts: options,
    calls: [],
    rng_next_calls: 0,
  });
}

for (const sampler of samplers) {
  test(`${sampler.name}: the same inputs give the same latents`, async () => {
    const [first, second] = [await sample(inputFor(sampler, [3])), await sample(inputFor(sampler, [3]))];
    assert.deepEqual(first, second);
  });

  test(`${sampler.name}: with every schedule, latents stay finite`, async () => {
    for (const scheduler of schedulers) {
      const { latents } = await sample({ ...inputFor(sampler, [7]), scheduler });
      assert.ok(latents.data.every(Number.isFinite), scheduler.label);
    }
  });
}

// DPM adaptive measures its error over the batch, as the original does.
for (const sampler of samplers.filter(({ name }) => name !== 'DPM adaptive')) {
  test(`${sampler.name}: a batch equals its pictures one by one`, async () => {
    const { latents } = await sample(inputFor(sampler, [11, 12, 13]));
    for (const [index, seed] of [11, 12, 13].entries()) {
      const alone = await sample(inputFor(sampler, [seed]));
      assertClose(rowOf(latents, index).data, alone.latents.data, 1e-6, `seed ${seed}`);
    }
  });
}

for (const sampler of samplers.filter(({ options }) => options.includes('eta'))) {
  test(`${sampler.name}: without eta, only the first noise matters`, async () => {
    assert.deepEqual(await withoutEta(sampler, 100), await withoutEta(sampler, 200));
  });
}

/** A run whose noise after the first comes from another seed. */
async function withoutEta(sampler: Sampler, laterSeed: number): Promise<Tensor> {
  const { noise, ...input } = inputFor(sampler, [5], { eta_ancestral: 0, eta_ddim: 0 });
  const later = inputFor(sampler, [laterSeed]).noise;
  let draws = 0;
  const next = (): Tensor => (draws++ === 0 ? noise.next() : later.next());
  return (await sample({ ...input, noise: { next, brownian: later.brownian } })).latents;
}

test('a network that knows the picture leads every sampler to it', async () => {
  const levels = discreteLevels(scaledLinearAlphas());
  const picture = 0.7;
  for (const sampler of samplers) {
    const input = inputFor(sampler, [1]);
    const { latents } = await sample({
      ...input,
      steps: 20,
      model: {
        ...input.model,
        network: async ({ x, timesteps }) => {
          const sigma = levels.tToSigma(timesteps[0]);
          // Both forms reach the network as alpha picture + sqrt(1 - alpha^2) noise, alpha = 1 / sqrt(1 + sigma^2).
          const alpha = 1 / Math.sqrt(1 + sigma ** 2);
          return tensor(
            x.shape,
            x.data.map((value) => (value - alpha * picture) / (alpha * sigma)),
          );
        },
      },
    });
    const mean = latents.data.reduce((sum, value) => sum + value) / latents.data.length;
    assert.ok(Math.abs(mean - picture) < 0.03, `${sampler.name}: ${mean}`);
  }
});

test('the calls planned are the calls made, with every schedule', async () => {
  for (const sampler of samplers) {
    for (const scheduler of schedulers) {
      const input = { ...inputFor(sampler, [1]), scheduler, steps: 7 };
      let calls = 0;
      const conditioning: SampleInput['conditioning'] = (call) => {
        calls++;
        return input.conditioning(call);
      };
      await sample({ ...input, conditioning });
      assert.equal(planSample(input).calls ?? calls, calls, `${sampler.name}, ${scheduler.label}`);
    }
  }
});

test('more steps mean more calls, two a step for second order', () => {
  for (const sampler of samplers.filter(({ name }) => name !== 'DPM adaptive')) {
    const calls = (steps: number): number => planSample({ ...inputFor(sampler, [1]), steps }).calls ?? 0;
    assert.ok(calls(40) > calls(10), sampler.name);
    if (sampler.secondOrder) assert.equal(calls(10), 19, sampler.name);
  }
});

test('image to image walks only part of the schedule, none of it at strength 0', async () => {
  for (const sampler of samplers.filter(({ minimumSteps }) => minimumSteps(defaultOptions) <= 1)) {
    const input = inputFor(sampler, [1]);
    const latents = tensor([1, 4, 4, 4], new Float32Array(64).fill(0.5));
    const part = planSample({ ...input, picture: { strength: 0.5, latents } });
    const whole = planSample(input);
    if (part.calls !== undefined) assert.ok(part.calls < (whole.calls ?? 0), sampler.name);
    const atRest = {
      ...input,
      picture: { strength: 0, latents, keep: tensor([4, 4], new Float32Array(16).fill(1)) },
    };
    if (sampler.name === 'DPM fast' || sampler.name === 'DPM adaptive') {
      await assert.rejects(sample(atRest), { code: 'sampler.too-few-steps' }, 'no span to choose levels in');
      continue;
    }
    const still = await sample(atRest);
    assert.deepEqual(still.latents, latents, `${sampler.name} keeps what the mask keeps`);
  }
});

test('a run can be cancelled between evaluations', async () => {
  const stop = new AbortController();
  const input = inputFor(samplers[0], [1]);
  const steps: number[] = [];
  const running = sample({
    ...input,
    signal: stop.signal,
    onStep: ({ index }) => {
      steps.push(index);
      if (index === 2) stop.abort();
    },
  });
  await assert.rejects(running, { code: 'generation.cancelled' });
  assert.deepEqual(steps, [0, 1, 2]);
});

test('a failing network ends the run with its own error', async () => {
  const input = inputFor(samplers[0], [1]);
  const failure = new EngineError('model.not-finite', { step: 2 });
  const network = (): Promise<never> => Promise.reject(failure);
  await assert.rejects(sample({ ...input, model: { ...input.model, network } }), failure);
});

test('what cannot be walked is refused, naming the field', () => {
  const input = inputFor(samplers[0], [1]);
  const latents = tensor([1, 4, 4, 4]);
  const options = { ...input.options, img2imgFixSteps: true };
  assert.throws(() => planSample({ ...input, options, picture: { strength: 0, latents } }), {
    code: 'request.invalid',
    message: /strength/,
  });
  assert.throws(() => planSample({ ...input, steps: 0 }), { message: /steps/ });
  assert.throws(() => planSample({ ...input, sampler: findSampler('DDIM'), steps: 1001 }), {
    message: /steps/,
  });
  const firstOrder = {
    ...input,
    sampler: findSampler('UniPC'),
    options: readSamplerOptions({ uni_pc_order: 1 }),
  };
  assert.throws(() => planSample({ ...firstOrder, picture: { strength: 0, latents } }), {
    code: 'sampler.too-few-steps',
  });
});

test('the first noise of image to image can be weakened', async () => {
  const input = inputFor(samplers[0], [1], { initial_noise_multiplier: 0.5 });
  const picture = { strength: 0.5, latents: tensor([1, 4, 4, 4]) };
  const { extras } = await sample({ ...input, picture });
  assert.equal(extras['Noise multiplier'], 0.5);
  assert.ok(!('Noise multiplier' in (await sample(input)).extras));
  const hires = await sample({ ...input, picture: { ...picture, hires: { firstScheduleType: 'Karras' } } });
  assert.deepEqual(hires.extras, {});
});
