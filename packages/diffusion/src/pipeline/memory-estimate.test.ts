/** The estimate against what was measured with the real sizes of Stable Diffusion 1.5. */
import { sd15, sd1Layout } from '@bottega/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unetConfigOf } from '../models/unet/config.ts';
import { vaeConfigOf } from '../models/vae/config.ts';
import { wholeBytes } from '../models/vae/memory.ts';
import { activationBytes, requireMemory } from './memory-estimate.ts';

const shapes = sd1Layout(sd15);
const configs = { unet: unetConfigOf(shapes), vae: vaeConfigOf(shapes, 'first_stage_model.') };
const square = (side: number) => ({ width: side, height: side });

test('is within a quarter of the measured peak of the decoder', () => {
  // Growth of anonymous memory while decoding, onnxruntime 1.30 on CPU: 1,060 MB at 512x512, 237 MB at 256x256.
  const ratios = [
    wholeBytes(configs.vae, square(512)) / 1060e6,
    wholeBytes(configs.vae, square(256)) / 237e6,
  ];
  for (const ratio of ratios) assert.ok(ratio > 0.95 && ratio < 1.25, String(ratio));
});

test('large batches need more than the decoder does', () => {
  assert.equal(activationBytes(configs, square(512), 2), activationBytes(configs, square(512), 1));
  assert.ok(activationBytes(configs, square(512), 64) > activationBytes(configs, square(512), 1));
});

test('a refusal has the numbers', () => {
  assert.throws(() => requireMemory(3.21e9, 1e9, { width: 4096, height: 2048 }), {
    code: 'request.too-large',
    message: /4096x2048 needs about 3\.2 GB of memory and 1\.0 GB is free/,
  });
  requireMemory(1e9, 1e9, square(512));
});
