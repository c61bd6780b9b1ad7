import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sd1Layout, writeRandomCheckpoint } from '@bottega/testing';
import { openWeights } from '../../checkpoint/open-weights.ts';
import { shapesOf } from '../../checkpoint/weight-file.ts';
import { vaeConfigOf } from '../../models/vae/config.ts';
import { vaeDecoder } from '../../models/vae/decoder.ts';
import { vaeEncoder } from '../../models/vae/encoder.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { openSession } from '../session.ts';
import { decoderInStrips, encoderInStrips } from './strips.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-strips-'));
after(() => rmSync(folder, { recursive: true }));

/** Three levels of different widths, so that blocks with and without a shortcut, doubled and not, are there. */
const path = join(folder, 'vae.safetensors');
const layout = sd1Layout({
  text: { vocabulary: 100, width: 32, layers: 1 },
  unet: { inChannels: 4, channels: 32, multipliers: [1], resBlocks: 1, attentionLevels: 1 },
  vae: { channels: 32, multipliers: [1, 2, 2], resBlocks: 2 },
});
writeRandomCheckpoint(path, layout, 'F32');
const file = await openWeights(path);
const config = vaeConfigOf(shapesOf(file), 'first_stage_model.');
const options = { threads: 1 };

function wave(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    shape,
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * i) + Math.cos(i / 50)),
  );
}

/** The largest difference, as a share of the largest value. */
function difference(actual: Tensor, expected: Tensor): number {
  assert.deepEqual(actual.shape, expected.shape);
  const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(largest > 0.1);
  return (
    actual.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i])), 0) / largest
  );
}

for (const rows of [1, 2, 3, 100]) {
  test(`the decoder in strips of ${rows} is the decoder, without a seam`, async () => {
    const latents = wave([2, 4, 7, 5]);
    const session = await openSession(vaeDecoder(config), file, options);
    const whole = await session.run({ latents }, 'pixels');
    const strips = await decoderInStrips(config, file, { ...options, rows })(latents);
    assert.ok(difference(strips, whole) < 2e-5, `${difference(strips, whole)}`);
    await session.dispose();
  });

  test(`the encoder in strips of ${rows} is the encoder`, async () => {
    const pixels = wave([2, 3, 28, 20]);
    const session = await openSession(vaeEncoder(config), file, options);
    const whole = await session.run({ pixels }, 'moments');
    const strips = await encoderInStrips(config, file, { ...options, rows })(pixels);
    assert.ok(difference(strips, whole) < 2e-5, `${difference(strips, whole)}`);
    await session.dispose();
  });
}
