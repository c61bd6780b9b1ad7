/** Pictures that go on beyond their edges. */
import { collect, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ImageToImageRequest, RgbImage } from '../../api.ts';
import { EngineError } from '../../errors.ts';
import { imageToImage } from '../image-to-image.ts';
import { loadModel } from '../load-model.ts';
import { outpainted, outpaintedSize } from './outpaint.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-'));
after(() => rmSync(folder, { recursive: true }));
const model = await loadModel(writeTinyCheckpoint(join(folder, 'tiny.safetensors')), { threads: 1 });
after(() => model.dispose());

const image: RgbImage = {
  width: 32,
  height: 24,
  data: Uint8Array.from({ length: 32 * 24 * 3 }, (_, i) => (i * 7) % 256),
};
const request: ImageToImageRequest = { prompt: 'a', images: [image], steps: 2, seed: 1 };

for (const [outpaint, size] of [
  [{ left: 16 }, '48x24'],
  [{ up: 8, down: 8 }, '32x40'],
  [{ right: 3 }, '40x24'],
  [{ left: 1, up: 1 }, '40x32'],
] as const) {
  test(`${JSON.stringify(outpaint)} makes 32x24 to ${size}`, () => {
    const { width, height } = outpaintedSize(image, outpaint);
    assert.equal(`${width}x${height}`, size);
    const [large] = outpainted({ ...request, outpaint }).images;
    assert.equal(`${large.width}x${large.height}`, size);
  });
}

test('the mask is white where something was added, and so many pixels further in', () => {
  const { images, mask } = outpainted({ ...request, outpaint: { left: 16, blur: 3 } });
  const row = mask?.image.data.subarray(0, 48 * 3) ?? [];
  assert.deepEqual(
    Array.from(row)
      .map((value, i) => (i % 3 === 0 ? value : -1))
      .filter((value) => value >= 0),
    [...Array<number>(19).fill(255), ...Array<number>(29).fill(0)],
  );
  assert.deepEqual([...images[0].data.subarray(0, 3)], [...image.data.subarray(0, 3)]);
});

test('far from its new edges the picture stays to the last bit', async () => {
  const outpaint = { right: 32, blur: 1 };
  const events = await collect(imageToImage(model, { ...request, outpaint }));
  const drawn = events.find((event) => event.type === 'picture') ?? assert.fail();
  assert.deepEqual([drawn.image.width, drawn.image.height], [64, 24]);
  for (let y = 0; y < 24; y++) {
    const kept = drawn.image.data.subarray(3 * 64 * y, 3 * (64 * y + 16));
    assert.deepEqual([...kept], [...image.data.subarray(3 * 32 * y, 3 * (32 * y + 16))]);
  }
  assert.match(drawn.infotext, /Size: 64x24, .*Mask blur: 1, Masked content: fill/);
});

for (const [what, change, field] of [
  ['nothing', { outpaint: {} }, 'outpaint'],
  ['too much', { outpaint: { left: 4097 } }, 'outpaint.left'],
  ['less than nothing', { outpaint: { up: -8 } }, 'outpaint.up'],
  ['a mask beside it', { outpaint: { left: 8 }, mask: { image } }, 'outpaint'],
  ['no picture', { outpaint: { left: 8 }, images: [] }, 'images'],
] as const) {
  test(`${what} is refused`, async () => {
    await assert.rejects(collect(imageToImage(model, { ...request, ...change })), (error) => {
      assert.ok(error instanceof EngineError);
      assert.equal(error.details.field, field);
      return true;
    });
  });
}
