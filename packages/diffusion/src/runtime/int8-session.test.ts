import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeSafetensors, writeTinyCheckpoint } from '@bottega/testing';
import { openWeights } from '../checkpoint/open-weights.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import { decoderIntegers, unetIntegers } from '../int8/plan.ts';
import { unetConfigOf } from '../models/unet/config.ts';
import { unet } from '../models/unet/unet.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { openInt8 } from './int8-session.ts';
import { networksOf } from './networks.ts';
import { steadyInputs } from './remembering-session.ts';
import { openSession } from './session.ts';
import type { Session } from './session.ts';

const { watchedRuns } = unetIntegers;
const folder = mkdtempSync(join(tmpdir(), 'bottega-int8-'));
after(() => rmSync(folder, { recursive: true }));
const file = await openWeights(writeTinyCheckpoint(join(folder, 'tiny.safetensors')));
const config = unetConfigOf(shapesOf(file));
const graph = unet(config);

function noise(shape: readonly number[], seed: number): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    shape,
    Float32Array.from(
      { length: size },
      (_, i) => Math.sin((i + seed) ** 2) + Math.sin(1.7 * (i - seed) ** 2),
    ),
  );
}

const evaluation = (session: Session, seed: number): Promise<Tensor> =>
  session.run(
    {
      x: noise([1, 4, 8, 9], seed),
      timesteps: tensor([1], Float32Array.of(900 - 100 * seed)),
      context: noise([1, 77, config.contextWidth], 3),
    },
    'out',
  );

const energy = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);

/** Energy of the signal over that of the error, in decibels. */
function ratio(actual: Tensor, expected: Tensor): number {
  const error = expected.data.map((value, i) => value - actual.data[i]);
  return 10 * Math.log10(energy(expected.data) / energy(error));
}

const input = (seed: number) => ({
  x: noise([1, 4, 8, 9], seed),
  timesteps: Float32Array.of(900 - 100 * seed),
  context: noise([1, 77, config.contextWidth], 3),
});

const int8 = (int8Folder: string): Promise<Session> =>
  openInt8(graph, file, steadyInputs, unetIntegers, { threads: 1, int8Folder });

test('the first runs are in floats, those after in integers and close to them; the next time at once', async () => {
  const own = join(folder, 'cache');
  const floats = await openSession(graph, file, { threads: 1 });
  const first = await int8(own);
  for (let run = 0; run < watchedRuns; run++) {
    assert.deepEqual((await evaluation(first, run)).data, (await evaluation(floats, run)).data);
  }
  const expected = await evaluation(floats, 5);
  const quantised = await evaluation(first, 5);
  assert.ok(
    ratio(quantised, expected) > 25 && ratio(quantised, expected) < 70,
    `${ratio(quantised, expected)}`,
  );
  assert.equal(readdirSync(own).length, 2);

  const again = await int8(own);
  assert.deepEqual((await evaluation(again, 5)).data, quantised.data);
  await Promise.all([floats.dispose(), first.dispose(), again.dispose()]);
});

test('what is spoiled in the folder is made again', async () => {
  const own = join(folder, 'spoiled');
  const first = await int8(own);
  for (let run = 0; run < watchedRuns; run++) await evaluation(first, run);
  const expected = await evaluation(first, 5);
  await first.dispose();
  const [spans, weights] = readdirSync(own).toSorted();
  writeFileSync(join(own, spans), '[["a", "b"]]');
  truncateSync(join(own, weights), 100);
  const again = await int8(own);
  for (let run = 0; run < watchedRuns; run++) await evaluation(again, run);
  assert.deepEqual((await evaluation(again, 5)).data, expected.data);
  await again.dispose();
});

test('a folder that cannot be written is an error that names it', async () => {
  const session = await int8(join(file.path, 'below'));
  await assert.rejects(
    async () => {
      for (let run = 0; run < watchedRuns; run++) await evaluation(session, run);
    },
    { code: 'int8.no-room', message: /below/ },
  );
  await session.dispose();
});

test('runs asked for at once come one after the other', async () => {
  const session = await int8(join(folder, 'at-once'));
  const runs = await Promise.all([0, 1, 2, 3, 4].map((seed) => evaluation(session, seed)));
  assert.equal(new Set(runs.map(({ data }) => data[0])).size, 5);
  await session.dispose();
});

test('the decoder draws its first pictures in floats, too, then in integers close to them', async () => {
  const options = { threads: 1, int8Folder: join(folder, 'decoder') };
  await using floats = networksOf(file, file, options);
  await using integers = networksOf(file, file, { ...options, mode: 'int8' });
  for (let run = 0; run < decoderIntegers.watchedRuns; run++) {
    const nearness = ratio(
      await integers.decoder(noise([1, 4, 8, 9], run)),
      await floats.decoder(noise([1, 4, 8, 9], run)),
    );
    assert.ok(nearness > 90, `${nearness}`);
  }
  const nearness = ratio(
    await integers.decoder(noise([1, 4, 8, 9], 5)),
    await floats.decoder(noise([1, 4, 8, 9], 5)),
  );
  assert.ok(nearness > 20 && nearness < 70, `${nearness}`);
});

test('low-rank adapters act in floats beside the integers, and what is seen of them is not kept', async () => {
  const block = 'lora_unet_input_blocks_1_1_transformer_blocks_0';
  const path = writeSafetensors(join(folder, 'low.safetensors'), {
    [`${block}_attn1_to_q.lora_down.weight`]: [2, 32],
    [`${block}_attn1_to_q.lora_up.weight`]: [32, 2],
    // Its result is taken apart, so its integers are kept in halves.
    [`${block}_ff_net_0_proj.lora_down.weight`]: [2, 32],
    [`${block}_ff_net_0_proj.lora_up.weight`]: [256, 2],
  });
  const int8Folder = join(folder, 'adapted');
  const options = { threads: 1, int8Folder };
  await using floats = networksOf(file, file, options);
  await using integers = networksOf(file, file, { ...options, mode: 'int8' });
  const orders = [{ path, text: 1, unet: 4 }];
  const { network } = await integers.adapted(orders);
  for (let run = 0; run < watchedRuns; run++) await network(input(run));
  const [quantised, expected] = [
    await network(input(5)),
    await (await floats.adapted(orders)).network(input(5)),
  ];
  const plain = await floats.network(input(5));
  assert.ok(
    ratio(quantised, expected) > 25 && ratio(quantised, expected) < 70,
    `${ratio(quantised, expected)}`,
  );
  assert.ok(ratio(quantised, expected) > ratio(plain, expected) + 3, 'the adapter is heard');
  assert.equal(readdirSync(int8Folder).length, 1, 'the weights alone');
});
