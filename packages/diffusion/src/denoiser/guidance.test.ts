import { assertClose } from '@bottega/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import type { Condition, Conditioning } from './condition.ts';
import { guidance } from './guidance.ts';
import type { GuidanceInput } from './guidance.ts';
import type { NetworkInput } from './network.ts';

/** Latents `[batch, 1, 1, 2]`. */
function latents(...values: readonly number[]): Tensor {
  return tensor([values.length / 2, 1, 1, 2], Float32Array.from(values));
}

/** A condition of some tokens whose first value is `k`. */
function condition(k: number, tokens = 1): Condition {
  return {
    context: tensor(
      [tokens, 1],
      Float32Array.from({ length: tokens }, (_, i) => k + i),
    ),
  };
}

function single(k: number, tokens = 1): Conditioning['positive'][number] {
  return [{ condition: condition(k, tokens), weight: 1 }];
}

/** A network that answers the first value of the context, and what it was asked. */
function setUp(changes: Partial<GuidanceInput> = {}): {
  readonly input: GuidanceInput;
  readonly asked: NetworkInput[];
} {
  const asked: NetworkInput[] = [];
  const input: GuidanceInput = {
    network: (question) => {
      asked.push(question);
      const { x, context } = question;
      const rows = x.shape[0];
      const answer = tensor([rows, 1, 1, 2]);
      for (let row = 0; row < rows; row++) {
        answer.data.fill(context.data[(row * context.data.length) / rows], row * 2, row * 2 + 2);
      }
      return Promise.resolve(answer);
    },
    precondition: (level) => ({ timestep: level, cIn: 1, cSkip: 0, cOut: 1 }),
    conditioning: () => ({ positive: [single(3)], negative: [condition(1)] }),
    scale: 7,
    maskWhen: 'after',
    needsNegative: false,
    plannedCalls: 10,
    skipEarlyCond: 0,
    sMinUncond: 0,
    sMinUncondAll: false,
    batched: true,
    onExtras: () => {},
    ...changes,
  };
  return { input, asked };
}

test('goes from the negative answer past the positive one', async () => {
  const { input, asked } = setUp();
  const { guided, negative } = await guidance(input)(latents(0, 0), 500);
  assertClose(guided.data, [1 + 7 * 2, 1 + 7 * 2], 1e-6);
  assertClose(negative.data, [1, 1], 0);
  assert.deepEqual(
    asked.map(({ x, timesteps }) => [x.shape[0], ...timesteps]),
    [[2, 500, 500]],
  );
});

test('below 1 it stops between both answers, at 0 on the negative one', async () => {
  for (const [scale, value] of [
    [0.5, 2],
    [0, 1],
  ]) {
    const { guided } = await guidance(setUp({ scale }).input)(latents(0, 0), 500);
    assertClose(guided.data, [value, value], 1e-6);
  }
});

test('without batching each condition has an evaluation and the answer is the same', async () => {
  const { input, asked } = setUp({ batched: false });
  const { guided } = await guidance(input)(latents(0, 0), 500);
  assertClose(guided.data, [15, 15], 1e-6);
  assert.deepEqual(
    asked.map(({ x }) => x.shape[0]),
    [1, 1],
  );
});

test('contexts of other lengths are evaluated apart', async () => {
  const { input, asked } = setUp({
    conditioning: () => ({ positive: [single(3, 154)], negative: [condition(1, 77)] }),
  });
  const { guided } = await guidance(input)(latents(0, 0), 500);
  assertClose(guided.data, [15, 15], 1e-6);
  assert.deepEqual(
    asked.map(({ context }) => context.shape),
    [
      [1, 154, 1],
      [1, 77, 1],
    ],
  );
});

test('weighted prompts of one picture add up, each against the negative one', async () => {
  const positive = [
    [
      { condition: condition(3), weight: 1 },
      { condition: condition(11), weight: 0.5 },
    ],
    single(5),
  ];
  const { input, asked } = setUp({
    conditioning: () => ({ positive, negative: [condition(1), condition(2)] }),
    scale: 2,
  });
  const { guided } = await guidance(input)(latents(0, 0, 0, 0), 500);
  assertClose(guided.data, [1 + 4 + 10, 15, 2 + 6, 8], 1e-6);
  assert.equal(asked[0].x.shape[0], 5);
});

test('a shorter positive prompt in a batch is lengthened by its last token', async () => {
  const { input, asked } = setUp({
    conditioning: () => ({
      positive: [single(3, 2), single(5, 4)],
      negative: [condition(1, 4), condition(1, 4)],
    }),
  });
  await guidance(input)(latents(0, 0, 0, 0), 500);
  assert.deepEqual([...asked[0].context.data.subarray(0, 4)], [3, 4, 4, 4]);
});

/** Rows of the network's input at scale 1. */
async function rowsAtScaleOne(changes: Partial<GuidanceInput> = {}): Promise<number> {
  const { input, asked } = setUp({ scale: 1, ...changes });
  await guidance(input)(latents(0, 0), 500);
  return asked[0].x.shape[0];
}

test('scale 1 needs no negative answer, unless the solver reads it or weights demand it', async () => {
  assert.equal(await rowsAtScaleOne(), 1);
  assert.equal(await rowsAtScaleOne({ needsNegative: true }), 2);
  const positive = [[{ condition: condition(3), weight: 0.5 }]];
  assert.equal(await rowsAtScaleOne({ conditioning: () => ({ positive, negative: [condition(1)] }) }), 2);
});

test('the conditions follow the number of the call', async () => {
  const calls: number[] = [];
  const { input } = setUp({
    conditioning: (call) => {
      calls.push(call);
      return { positive: [single(call)], negative: [condition(0)] };
    },
    scale: 1,
  });
  const ask = guidance(input);
  assertClose((await ask(latents(0, 0), 2)).guided.data, [0, 0], 0);
  assertClose((await ask(latents(0, 0), 1)).guided.data, [1, 1], 0);
  assert.deepEqual(calls, [0, 1]);
});

test('options leave out the negative prompt and say so', async () => {
  const skipped: unknown[] = [];
  const rows = async (changes: Partial<GuidanceInput>): Promise<number[]> => {
    const { input, asked } = setUp({ onExtras: (extras) => skipped.push(extras), ...changes });
    const ask = guidance(input);
    for (const level of [9, 8, 1, 1]) await ask(latents(0, 0), level);
    return asked.map(({ x }) => x.shape[0]);
  };
  assert.deepEqual(await rows({ sMinUncond: 2 }), [2, 2, 2, 1]);
  assert.deepEqual(await rows({ sMinUncond: 2, sMinUncondAll: true }), [2, 2, 1, 1]);
  assert.deepEqual(await rows({ skipEarlyCond: 0.1 }), [1, 1, 2, 2]);
  assert.deepEqual(skipped[0], { NGMS: 2 });
  assert.deepEqual(skipped[1], { NGMS: 2, 'NGMS all steps': true });
  assert.deepEqual(skipped.at(-1), { 'Skip Early CFG': 0.1 });
});

test('an edit model is guided by prompt and by picture', async () => {
  const imageCondition = tensor([1, 1, 1, 2], Float32Array.of(9, 9));
  const asked: NetworkInput[] = [];
  const { input } = setUp({
    scale: 7,
    imageScale: 1.5,
    imageCondition,
    network: (question) => {
      asked.push(question);
      const { x, context } = question;
      // The prompt counts once, the picture a tenth.
      const values = [...context.data].flatMap((k, row) => {
        const seen = k + x.data[row * 4 + 2] / 10;
        return [seen, seen];
      });
      return Promise.resolve(tensor([x.shape[0], 1, 1, 2], Float32Array.from(values)));
    },
  });
  const { guided, negative } = await guidance(input)(latents(4, 4), 500);
  const [both, picture, nothing] = [3.9, 1.9, 1];
  const expected = nothing + 7 * (both - picture) + 1.5 * (picture - nothing);
  assertClose(guided.data, [expected, expected], 1e-5);
  assertClose(negative.data, [nothing, nothing], 1e-6);
  assert.deepEqual(asked[0].x.shape, [3, 2, 1, 2]);
  assert.deepEqual([...asked[0].x.data], [4, 4, 9, 9, 4, 4, 9, 9, 4, 4, 0, 0]);
});

function withVector(k: number): Condition {
  return { ...condition(k), vector: tensor([2], Float32Array.of(k, -k)) };
}

test('vectors of SDXL stay with their conditions', async () => {
  const { input, asked } = setUp({
    conditioning: () => ({
      positive: [[{ condition: withVector(3), weight: 1 }]],
      negative: [withVector(1)],
    }),
  });
  await guidance(input)(latents(0, 0), 500);
  assert.deepEqual(asked[0].vector?.shape, [2, 2]);
  assert.deepEqual([...(asked[0].vector?.data ?? [])], [3, -3, 1, -1]);
});

test('the mask keeps the original, in what the network sees or in what it answers', async () => {
  const mask = { keep: tensor([1, 2], Float32Array.of(1, 0)), original: latents(-8, -8) };
  const after = setUp({ mask });
  assertClose((await guidance(after.input)(latents(4, 4), 500)).guided.data, [-8, 15], 1e-6);
  assert.deepEqual([...after.asked[0].x.data.subarray(0, 2)], [4, 4]);
  const before = setUp({ mask, maskWhen: 'before' });
  assertClose((await guidance(before.input)(latents(4, 4), 500)).guided.data, [15, 15], 1e-6);
  assert.deepEqual([...before.asked[0].x.data.subarray(0, 2)], [-8, 4]);
});

test('input and output are scaled as the preconditioning says', async () => {
  const { input, asked } = setUp({
    precondition: () => ({ timestep: 1.5, cIn: 0.5, cSkip: 2, cOut: -1 }),
    scale: 1,
  });
  const { guided } = await guidance(input)(latents(4, 6), 500);
  assert.deepEqual([...asked[0].x.data], [2, 3]);
  assertClose(guided.data, [8 - 3, 12 - 3], 1e-6);
});

test('an aborted signal ends it before the network is asked', async () => {
  const { input, asked } = setUp({ signal: AbortSignal.abort() });
  await assert.rejects(guidance(input)(latents(0, 0), 500), { code: 'generation.cancelled' });
  assert.equal(asked.length, 0);
});

test('the network is told which rows to follow', async () => {
  const { input, asked } = setUp({
    conditioning: () => ({ positive: [[...single(3), ...single(4)]], negative: [condition(1)] }),
  });
  await guidance(input)(latents(1, 2), 5);
  assert.deepEqual(asked[0].isPositive, [true, true, false]);
  const edit = setUp({ imageScale: 1.5, imageCondition: tensor([1, 1, 1, 2]) });
  await guidance(edit.input)(latents(1, 2), 5);
  assert.deepEqual(edit.asked[0].isPositive, [true, false, false]);
});
