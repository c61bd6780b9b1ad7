/** Every field of a request: defaults, ranges, and what is said of the rest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TextToImageRequest } from '../api.ts';
import { resolveRequest } from './resolve-request.ts';

const resolve = (request: object, card = {}) =>
  resolveRequest({ prompt: 'a cat', ...request } as TextToImageRequest, card);

test("what a request leaves open is A1111's default, or the card's", () => {
  const { pictures, ...plain } = resolve({});
  assert.deepEqual(plain, {
    prompt: 'a cat',
    negativePrompt: '',
    size: { width: 512, height: 512 },
    drawn: { width: 512, height: 512 },
    steps: 20,
    sampler: 'DPM++ 2M',
    scheduler: 'Automatic',
    cfgScale: 7,
    subseedStrength: 0,
    seedResizeFrom: undefined,
    batchSize: 1,
    batchCount: 1,
    clipSkip: 1,
    emphasis: 'Original',
    randomSource: 'NV',
    etaNoiseSeedDelta: 0,
    samplerOptions: {},
    tiling: false,
    tokenMerging: 0,
  });
  assert.equal(pictures.length, 1);
  const defaults = { steps: 9, cfgScale: 4, sampler: 'Euler', scheduler: 'Karras', width: 64, height: 72 };
  const card = resolve({}, { defaults });
  assert.deepEqual(
    { ...card.size, steps: card.steps, sampler: card.sampler },
    {
      width: 64,
      height: 72,
      steps: 9,
      sampler: 'Euler',
    },
  );
  assert.equal(resolve({ steps: 3 }, { defaults }).steps, 3);
});

const values: Readonly<Record<string, { good: readonly unknown[]; bad: readonly unknown[] }>> = {
  prompt: { good: ['', 'x'.repeat(100_000)], bad: [undefined, 7, null, 'x'.repeat(100_001)] },
  negativePrompt: { good: ['', undefined], bad: [7, {}] },
  tiling: { good: [true, undefined], bad: [1, 'yes'] },
  tokenMerging: { good: [0, 0.9, undefined], bad: [-0.1, 0.91, NaN, '0.5'] },
  width: { good: [8, 511, 16_384], bad: [0, 1, 7, -8, 64.5, 1_000_000, NaN, '64', Infinity] },
  height: { good: [8, 16_384], bad: [7, 1_000_000] },
  steps: { good: [1, 150], bad: [0, -1, 151, 1e9, 1.5, 'twenty', NaN] },
  sampler: { good: ['Euler'], bad: [5, 'x'.repeat(101)] },
  scheduler: { good: ['Karras'], bad: [true] },
  cfgScale: { good: [0, 7.5, 100], bad: [NaN, -0.1, 100.1, Infinity, '7'] },
  seed: { good: [-1, 0, 2 ** 32 - 1], bad: [-2, 2 ** 32, 2 ** 53 + 1, 0.5, '1'] },
  subseed: { good: [-1, 2 ** 32 - 1], bad: [-2, NaN] },
  subseedStrength: { good: [0, 0.3, 1], bad: [-0.1, 1.1, NaN] },
  batchSize: { good: [1, 64], bad: [0, 65, 1.5] },
  batchCount: { good: [1, 1000], bad: [0, 1001] },
  clipSkip: { good: [1, 12], bad: [0, 13] },
  emphasis: { good: ['No norm'], bad: ['no norm', 1] },
  randomSource: { good: ['CPU'], bad: ['GPU'] },
  etaNoiseSeedDelta: { good: [0, 31_337], bad: [-1, 0.5] },
  samplerOptions: { good: [{}, { s_churn: 1 }], bad: [[], 'x', 7] },
};

for (const [field, { good, bad }] of Object.entries(values)) {
  test(`${field}: good values are taken, bad ones refused by name`, () => {
    for (const value of good)
      assert.doesNotThrow(() => resolve({ [field]: value }), String(value).slice(0, 20));
    for (const value of bad) {
      assert.throws(
        () => resolve({ [field]: value }),
        (error: { code: string; details: { field: string; reason: string }; message: string }) => {
          assert.deepEqual([error.code, error.details.field], ['request.invalid', field]);
          assert.match(error.details.reason, /^must .*, not /);
          assert.ok(error.message.length < 250, error.message);
          return true;
        },
        String(value).slice(0, 20),
      );
    }
  });
}

test('sides are cut down to multiples of 8, as A1111 does', () => {
  assert.deepEqual(resolve({ width: 519, height: 15 }).size, { width: 512, height: 8 });
});

test('pictures count on from the seed; with a variation, from the subseed', () => {
  const four = { batchSize: 2, batchCount: 2, seed: 10, subseed: 100 };
  const plain = resolve(four).pictures;
  assert.deepEqual(
    plain.map(({ seed }) => seed),
    [10, 11, 12, 13],
  );
  const varied = resolve({ ...four, subseedStrength: 0.1 }).pictures;
  assert.deepEqual(
    varied.map(({ seed, subseed }) => [seed, subseed]),
    [
      [10, 100],
      [10, 101],
      [10, 102],
      [10, 103],
    ],
  );
});

test('seed -1 is another one each time, below 2^32 - 2', () => {
  const seeds = Array.from({ length: 50 }, () => resolve({ seed: -1 }).pictures[0].seed);
  assert.equal(new Set(seeds).size, 50);
  assert.ok(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32 - 2));
});

test('a size to take the composition from is checked as well', () => {
  const from = { width: 64, height: 8 };
  assert.deepEqual(resolve({ seedResizeFrom: from }).seedResizeFrom, from);
  assert.throws(() => resolve({ seedResizeFrom: { width: 64, height: 0 } }), {
    message: /^seedResizeFrom.height/,
  });
});
