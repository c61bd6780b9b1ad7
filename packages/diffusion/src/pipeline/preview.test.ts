/** Latents to small pictures. */
import { assertClose } from '@bottega/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { fitPreview } from './fit-preview.ts';
import { stableDiffusionFactors } from '../models/families/preview-factors.ts';
import { previewOf } from './preview.ts';

const factors = [
  [0.3, 0.1, -0.2, 0, 0.1],
  [0, 0.4, 0.1, -0.1, -0.2],
  [-0.1, 0, 0.2, 0.5, 0],
] as const;

/** A decoder that is exactly linear and doubles the size. */
async function linearDecoder(latents: Tensor): Promise<Tensor> {
  const [, , height, width] = latents.shape;
  const pixels = tensor([1, 3, 2 * height, 2 * width]);
  for (let i = 0; i < pixels.data.length; i++) {
    const [colour, y, x] = [
      Math.floor(i / (4 * height * width)),
      Math.floor(i / (2 * width)) % (2 * height),
      i % (2 * width),
    ];
    const element = Math.floor(y / 2) * width + Math.floor(x / 2);
    const row = factors[colour];
    pixels.data[i] = row[4];
    for (let c = 0; c < 4; c++) pixels.data[i] += row[c] * latents.data[c * height * width + element];
  }
  return pixels;
}

test('the fit finds the factors of a linear decoder', async () => {
  const fitted = await fitPreview(linearDecoder);
  assertClose(fitted.flat(), factors.flat(), 1e-3);
});

test('a preview has one pixel an element, clamped', () => {
  const latents = tensor([4, 1, 2], Float32Array.of(1, 100, 0, 0, 0, 0, 0, 0));
  const preview = previewOf(latents, factors);
  assert.deepEqual([preview.width, preview.height], [2, 1]);
  assert.deepEqual([...preview.data], [179, 102, 115, 255, 102, 0]);
});

test('the published factors show grey for empty latents', () => {
  const { data } = previewOf(tensor([4, 1, 1]), stableDiffusionFactors);
  assert.deepEqual([...data], [128, 128, 128]);
});
