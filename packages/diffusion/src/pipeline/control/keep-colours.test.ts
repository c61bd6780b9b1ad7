/** Against the same with PyTorch: `test-data/keep-colours/reference.py`. */
import { assertClose } from '@bottega/testing';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RgbImage } from '../../api.ts';
import type { NetworkInput } from '../../denoiser/network.ts';
import { findPreprocessor } from '../../preprocessor/registry.ts';
import type { ControlNetworks } from '../../runtime/control-net.ts';
import { scaledLinearAlphas } from '../../schedule/noise-levels.ts';
import { tensor } from '../../tensor.ts';
import type { Control } from './controlled.ts';
import { keepColours } from './keep-colours.ts';

type Facts = {
  readonly radius: number;
  readonly sharpness: number;
  readonly share: number;
  readonly timesteps: readonly number[];
} & Readonly<Record<'x' | 'answer' | 'colours' | 'epsilon' | 'v', readonly number[]>>;

const path = join(import.meta.dirname, '../../../test-data/keep-colours/facts.json');
const facts = JSON.parse(readFileSync(path, 'utf8')) as Facts;
const size = { width: 6, height: 5 };
const batch = (values: readonly number[]) => tensor([2, 4, 5, 6], Float32Array.from(values));
const answer = batch(facts.answer);

function input(more: readonly number[] = []): NetworkInput {
  const own = batch(facts.x);
  const rows = [0, 1].flatMap((row) => [...own.data.subarray(row * 120, (row + 1) * 120), ...more]);
  return {
    x: tensor([2, 4 + more.length / 30, 5, 6], Float32Array.from(rows)),
    timesteps: Float32Array.from(facts.timesteps),
    context: tensor([2, 1, 1]),
    isPositive: [true, false],
  };
}

function control(changes: Partial<Control> = {}): Control {
  const image = { width: 1, height: 1, data: Uint8Array.of(10, 20, 30) };
  return {
    networks: {} as ControlNetworks,
    title: 'tile',
    image,
    map: image,
    weight: facts.share,
    start: 0,
    end: 0.1,
    mode: 'balanced',
    resizeMode: 'crop',
    preprocessor: findPreprocessor('tile_colorfix+sharp'),
    resolution: 512,
    pixelPerfect: false,
    thresholdA: facts.radius,
    thresholdB: facts.sharpness,
    passes: 'both',
    ...changes,
  };
}

const alphasCumprod = scaledLinearAlphas();

/** What becomes of the answer, and the sizes of the pictures that were encoded for it. */
async function kept(
  controls: readonly Control[],
  { given = input(), first = size, prediction = 'epsilon' as 'epsilon' | 'v', times = 1 } = {},
) {
  const seen: string[] = [];
  const encode = ({ width, height }: RgbImage) => {
    seen.push(`${width}x${height}`);
    return Promise.resolve(tensor([4, 5, 6], Float32Array.from(facts.colours)));
  };
  const network = keepColours(
    controls,
    first,
    encode,
  )(() => Promise.resolve(answer), {
    alphasCumprod,
    prediction,
  });
  for (let i = 1; i < times; i++) await network(given);
  return { data: (await network(given)).data, seen };
}

for (const prediction of ['epsilon', 'v'] as const) {
  test(`the coarse colours of ${prediction} become the picture's`, async () => {
    assertClose((await kept([control()], { prediction })).data, facts[prediction], 2e-5);
  });
}

test('the answer itself stays as it was, and the picture is encoded once', async () => {
  const { seen } = await kept([control()], { times: 3 });
  assert.deepEqual(seen, ['48x40']);
  assert.deepEqual([...answer.data], [...Float32Array.from(facts.answer)]);
});

test('channels that are only seen change nothing', async () => {
  const given = input(Array.from({ length: 150 }, () => 9));
  assertClose((await kept([control()], { given })).data, facts.epsilon, 2e-5);
});

test('a second pass has twice the radius, unless the ControlNet leaves it alone', async () => {
  const first = { width: 3, height: 3 };
  const [large, plain, left] = await Promise.all([
    kept([control()], { first }),
    kept([control({ thresholdA: 2 * facts.radius })]),
    kept([control({ passes: 'first' })], { first }),
  ]);
  assert.deepEqual(large.data, plain.data);
  assertClose(left.data, facts.epsilon, 2e-5);
});

test('other preprocessors keep nothing, and no weight keeps nothing', async () => {
  assert.equal(
    (await kept([control({ preprocessor: findPreprocessor('tile_resample') })])).data,
    answer.data,
  );
  assertClose((await kept([control({ weight: 0 })])).data, facts.answer, 1e-6);
  const [most, whole] = await Promise.all([1.7, 1].map((weight) => kept([control({ weight })])));
  assert.deepEqual(most.data, whole.data);
});
