/** Soft inpainting: what is computed by hand, and whole pictures with a tiny random checkpoint. */
import { collect, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ImageToImageRequest, MaskRequest, RgbImage } from '../../api.ts';
import { EngineError } from '../../errors.ts';
import { tensor } from '../../tensor.ts';
import { imageToImage } from '../image-to-image.ts';
import { loadModel } from '../load-model.ts';
import { gaussianKernel, histogramFilter } from './histogram-filter.ts';
import { changedMask, resolveSoftMask } from './soft-mask.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-'));
after(() => rmSync(folder, { recursive: true }));
const model = await loadModel(writeTinyCheckpoint(join(folder, 'tiny.safetensors')), { threads: 1 });
after(() => model.dispose());

const uniform = { radius: 1, weights: Array<number>(9).fill(1) };
const field = {
  width: 3,
  height: 3,
  values: Float64Array.of(1, 2, 3, 4, 50, 6, 7, 8, 9),
};

function middle(range: readonly [number, number], narrowest: number): number {
  return histogramFilter(field, uniform, range, narrowest).values[4];
}

test('the whole range is the mean, the upper end the largest, the middle the median', () => {
  assert.equal(middle([0, 1], 1), 10);
  assert.equal(middle([1, 1], 1), 50);
  assert.equal(middle([0.5, 0.5], 1), 6);
  assert.equal(middle([0, 0], 2), 1.5);
});

test('at a corner only what is there counts', () => {
  assert.equal(histogramFilter(field, uniform, [0, 1]).values[0], (1 + 2 + 4 + 50) / 4);
});

test('the kernel is 1 in its middle and nearly nothing in its corners', () => {
  const { weights } = gaussianKernel(1.5, 2);
  // exp(-8 / 2.25) and exp(-9 / 2.25), by hand.
  const corner = (0.028_565_5 - 0.018_315_6) / (1 - 0.018_315_6);
  assert.equal(weights[12], 1);
  assert.ok(Math.abs(weights[0] - corner) < 1e-6);
});

test('what did not change is hidden, what changed much is seen', () => {
  const side = 16;
  const original = tensor([4, side, side]);
  const drawn = tensor([4, side, side]);
  for (let i = 0; i < side * side; i++) if (i % side >= side / 2) drawn.data[i] = 9;
  const keep = tensor([side, side]);
  const size = { width: side * 8, height: side * 8 };
  const { data } = changedMask(drawn, original, keep, resolveSoftMask({}), size);
  assert.equal(data[0], 0);
  assert.ok(data[size.width - 1] > 250);
});

/** Wide enough for what reaches around: filters, enlarging and blurring. */
const side = 128;
function picture(colourAt: (x: number, y: number) => readonly [number, number, number]): RgbImage {
  const data = Array.from({ length: side * side }, (_, i) => colourAt(i % side, Math.floor(i / side))).flat();
  return { width: side, height: side, data: Uint8Array.from(data) };
}
const image = picture((x, y) => [x * 2, y * 2, 128]);
/** Black, then grey, then white from left to right. */
const ramp = picture((x) => {
  const grey = Math.max(0, Math.min(255, (x - 88) * 8));
  return [grey, grey, grey];
});

async function draw(mask: Partial<MaskRequest>, changes: Partial<ImageToImageRequest> = {}) {
  const request: ImageToImageRequest = {
    prompt: 'a',
    images: [image],
    steps: 3,
    seed: 2,
    sampler: 'Euler',
    strength: 0.9,
    mask: { image: ramp, blur: 0, ...mask },
    ...changes,
  };
  const events = await collect(imageToImage(model, request));
  const drawn = events.find((event) => event.type === 'picture') ?? assert.fail();
  return { infotext: drawn.infotext, pixels: drawn.image.data };
}

// DDIM and its like blend before the network, so that the last step changes everything a little, as in the original.
for (const sampler of ['Euler', 'DPM++ 2M'] as const) {
  for (const area of ['whole', 'masked'] as const) {
    test(`${sampler}, ${area}: black far from it stays to the last bit, and white is drawn`, async () => {
      const { pixels } = await draw({ area, padding: 0, soft: {} }, { sampler, width: side, height: side });
      const at = (x: number, y: number) => 3 * (y * side + x);
      for (let y = 0; y < side; y += 15) {
        assert.deepEqual(
          [...pixels.subarray(at(0, y), at(2, y))],
          [...image.data.subarray(at(0, y), at(2, y))],
        );
      }
      assert.notDeepEqual(
        [...pixels.subarray(at(120, 60), at(121, 60))],
        [...image.data.subarray(at(120, 60), at(121, 60))],
      );
    });
  }
}

for (const [name, value] of [
  ['scheduleBias', 4],
  ['preservationStrength', 3],
  ['transitionContrastBoost', 1],
  ['maskInfluence', 1],
  ['differenceThreshold', 4],
  ['differenceContrast', 6],
] as const) {
  test(`${name} has a say`, async () => {
    const [usual, changed] = [await draw({ soft: {} }), await draw({ soft: { [name]: value } })];
    assert.ok(!Buffer.from(usual.pixels).equals(Buffer.from(changed.pixels)));
  });
  test(`${name} out of range is refused by name`, async () => {
    await assert.rejects(draw({ soft: { [name]: 33 } }), (error) => {
      assert.ok(error instanceof EngineError);
      assert.equal(error.details.field, `mask.soft.${name}`);
      return true;
    });
  });
}

test('the infotext has the names of the original, before those of the mask', async () => {
  const { infotext } = await draw({ blur: 4, soft: { maskInfluence: 0.25 } });
  assert.match(
    infotext,
    /Soft inpainting enabled: True, Soft inpainting schedule bias: 1, Soft inpainting preservation strength: 0\.5, Soft inpainting transition contrast boost: 4, Soft inpainting mask influence: 0\.25, Soft inpainting difference threshold: 0\.5, Soft inpainting difference contrast: 2, Mask blur: 4/,
  );
  assert.doesNotMatch((await draw({})).infotext, /Soft/);
});
