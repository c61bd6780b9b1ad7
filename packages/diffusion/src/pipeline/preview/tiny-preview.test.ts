/** A tiny TAESD decoder of random weights, with what PyTorch makes of the original's layers. */
import { assertClose, collect, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openWeights } from '../../checkpoint/open-weights.ts';
import { readTensors } from '../../checkpoint/read-tensors.ts';
import { shapesOf } from '../../checkpoint/weight-file.ts';
import { tinyDecoder, tinyDecoderConfigOf } from '../../models/tiny-decoder/tiny-decoder.ts';
import { openSession } from '../../runtime/session.ts';
import { tensor } from '../../tensor.ts';
import { loadModel } from '../load-model.ts';
import { textToImage } from '../text-to-image.ts';

const decoder = join(import.meta.dirname, '../../../test-data/taesd-tiny.safetensors');
const folder = mkdtempSync(join(tmpdir(), 'bottega-taesd-'));
after(() => rmSync(folder, { recursive: true }));
const checkpoint = writeTinyCheckpoint(join(folder, 'tiny.safetensors'));
const request = { prompt: 'a cat', width: 32, height: 24, steps: 6, seed: 5, sampler: 'Euler' };

test('the decoder computes what PyTorch computes', async () => {
  const file = await openWeights(decoder);
  const session = await openSession(tinyDecoder(tinyDecoderConfigOf(shapesOf(file))), file, { threads: 1 });
  const facts = await readTensors(file, ['reference.latents', 'reference.pixels']);
  const [given, expected] = ['latents', 'pixels'].map((name) => facts.get(`reference.${name}`)!);
  const latents = tensor(
    given.shape,
    given.data.map((value) => 3 * Math.tanh(value / 3)),
  );
  const pixels = await session.run({ latents }, 'pixels');
  assert.deepEqual(pixels.shape, expected.shape);
  assertClose(pixels.data, expected.data, 1e-5);
  await session.dispose();
});

test('previews have the size of the picture where there is a decoder', async () => {
  const previews = join(folder, 'VAE-approx');
  mkdirSync(previews);
  copyFileSync(decoder, join(previews, 'taesd_decoder.safetensors'));
  const sizes = await previewSizes([join(folder, 'none'), previews]);
  assert.ok(sizes.includes('32x24'), sizes.join());
});

test('a file that is no decoder is passed over', async () => {
  const broken = join(folder, 'broken');
  mkdirSync(broken);
  writeFileSync(join(broken, 'taesd_decoder.pth'), 'nothing');
  assert.deepEqual([...new Set(await previewSizes([broken]))], ['4x3']);
});

async function previewSizes(previewFolders: readonly string[]): Promise<readonly string[]> {
  await using model = await loadModel(checkpoint, { threads: 1, previewFolders });
  const events = await collect(textToImage(model, request, { previewEvery: 1 }));
  return events.flatMap((event) =>
    event.type === 'step' && event.preview ? [`${event.preview.width}x${event.preview.height}`] : [],
  );
}
