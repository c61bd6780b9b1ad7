/** Whole runs of every sampler against A1111's, evaluation by evaluation (test-data/vectors/samplers*.json). */
import { readVectors } from '@bottega/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkInput } from '../denoiser/network.ts';
import { EngineError } from '../errors.ts';
import { sizeOf } from '../tensor.ts';
import { planSample, sample } from './sample.ts';
import { inputOf } from './vector-case.ts';
import type { VectorCase } from './vector-case.ts';

for (const file of ['samplers', 'samplers_options', 'samplers_img2img']) {
  const { cases } = readVectors<{ readonly cases: readonly VectorCase[] }>(file);
  for (const [index, row] of cases.entries()) {
    test(`${file} ${index}: ${row.sampler}, ${row.scheduler}, ${row.steps} steps`, () =>
      row.error === undefined ? compare(row) : refuse(row));
  }
}

/** Where the original breaks, a plain answer comes before the network is asked: of no steps at all, or too few. */
async function refuse(row: VectorCase): Promise<void> {
  const input = inputOf(row);
  assert.throws(() => planSample(input), isRefusal);
  await assert.rejects(sample(input), isRefusal);
}

function isRefusal(error: unknown): boolean {
  return error instanceof EngineError && ['sampler.too-few-steps', 'request.invalid'].includes(error.code);
}

async function compare(row: VectorCase): Promise<void> {
  const input = inputOf(row);
  const asked: NetworkInput[] = [];
  const steps: number[] = [];
  let draws = 0;
  const { latents, extras } = await sample({
    ...input,
    model: {
      ...input.model,
      network: (question) => {
        asked.push(question);
        return input.model.network(question);
      },
    },
    noise: {
      ...input.noise,
      next: () => {
        draws++;
        return input.noise.next();
      },
    },
    onStep: ({ index }) => steps.push(index),
  });

  assert.equal(asked.length, row.calls.length, 'calls');
  for (const [call, { t, x }] of row.calls.entries()) {
    const { timesteps } = asked[call];
    assert.ok(Math.abs(timesteps[0] - t) <= 1e-4 * Math.max(1, t), `call ${call}: ${timesteps[0]}, not ${t}`);
    // Recorded before the mask was applied, where that comes before the network.
    if (row.mask === undefined || !onTimesteps(row)) {
      assertNear(given(row, call, asked[call]), x, `call ${call}`);
    }
  }
  assertNear(latents.data, row.final ?? [], 'final');
  assert.equal(draws, row.rng_next_calls, 'draws');
  assert.deepEqual(Object.entries(extras), Object.entries(row.extra_generation_params ?? {}));

  const plan = planSample(input);
  if (plan.calls !== undefined) assert.equal(plan.calls, row.calls.length, 'planned calls');
  if (plan.steps !== undefined) assert.equal(plan.steps, steps.length, 'planned steps');
  assert.deepEqual(steps, [...steps.keys()]);
}

function onTimesteps({ sampler }: VectorCase): boolean {
  return ['DDIM', 'DDIM CFG++', 'PLMS', 'UniPC'].includes(sampler);
}

/** The pictures that the denoiser was given, recovered from what reached the network; every `x_stride`-th value. */
function given(row: VectorCase, call: number, { x }: NetworkInput): readonly number[] {
  const scale = onTimesteps(row) ? 1 : Math.sqrt(row.calls[call].sigma ** 2 + 1);
  const prompts = row.and_prompts?.length ?? 1;
  const size = sizeOf(row.shape);
  const values = row.seeds.flatMap((_, picture) => [
    ...x.data.subarray(picture * prompts * size, (picture * prompts + 1) * size),
  ]);
  return values.filter((_, i) => i % (row.x_stride ?? 1) === 0).map((value) => value * scale);
}

/** Within 1e-4 of the largest value. */
function assertNear(actual: ArrayLike<number>, expected: readonly number[], message: string): void {
  assert.equal(actual.length, expected.length, message);
  const scale = Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => {
    const off = Math.abs(actual[i] - value);
    assert.ok(off <= 1e-4 * scale, `${message} [${i}]: ${actual[i]} instead of ${value}, ${off / scale} off`);
  });
}
