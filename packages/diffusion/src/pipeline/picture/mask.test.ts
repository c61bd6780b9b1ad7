/** What a mask lets be drawn, and what it adds to a picture, with a tiny random checkpoint. */
import { collect, flat, maskOf, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ImageToImageRequest, MaskRequest, RgbImage, RunOptions } from '../../api.ts';
import { fitImage } from '../../image/fit.ts';
import { imageToImage } from '../image-to-image.ts';
import { loadModel } from '../load-model.ts';
import { drawFrom, gradient, sizeOf, small, still } from '../test-drawing.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-'));
after(() => rmSync(folder, { recursive: true }));

const model = await loadModel(writeTinyCheckpoint(join(folder, 'tiny.safetensors')), { threads: 1 });
after(() => model.dispose());

const draw = (request: Partial<ImageToImageRequest>, options?: RunOptions) =>
  drawFrom(model, request, options);

const isInBar = (x: number, y: number): boolean => x >= 20 && x < 40 && y >= 24 && y < 30;

test('a black mask leaves every pixel as it was, a white one none', async () => {
  for (const content of ['original', 'fill', 'latent noise', 'latent nothing'] as const) {
    const [black] = await draw({ mask: { image: flat(32, 24, 0), content } });
    assert.deepEqual(black.image, still, content);
    const [white] = await draw({ mask: { image: flat(32, 24, 255), content } });
    const [none] = await draw({ mask: { image: flat(32, 24, 0), invert: true, content } });
    assert.deepEqual(white.image, none.image, content);
    if (content === 'original') assert.deepEqual(white.image, (await draw({}))[0].image);
  }
});

test('nothing beyond the reach of a blurred mask changes', async () => {
  for (const area of ['whole', 'masked'] as const) {
    const image = gradient(64, 64);
    const mask: MaskRequest = { image: maskOf(64, 64, isInBar), blur: 2, area, padding: 4 };
    const [drawn] = await draw({ images: [image], mask, width: 64, height: 64 });
    const reach = 5;
    let changed = 0;
    drawn.image.data.forEach((value, i) => {
      const [x, y] = [Math.floor(i / 3) % 64, Math.floor(i / 3 / 64)];
      const isNear = x >= 20 - reach && x < 40 + reach && y >= 24 - reach && y < 30 + reach;
      if (!isNear) assert.equal(value, image.data[i], `${area} at ${x}, ${y}`);
      else if (value !== image.data[i]) changed++;
    });
    assert.ok(changed > 100, `${area}: ${changed} values changed`);
  }
});

test('a masked area is drawn at the size asked for and put back into its place', async () => {
  const image = gradient(75, 53);
  const mask: MaskRequest = { image: maskOf(75, 53, (x, y) => x < 9 && y > 40), area: 'masked' };
  const events = await collect(
    imageToImage(model, { ...small, images: [image], mask, width: 32, height: 32 }),
  );
  const [started] = events;
  const drawn = events.find((event) => event.type === 'picture');
  assert.ok(started.type === 'started' && drawn);
  assert.deepEqual([started.width, started.height, sizeOf(drawn.image)], [75, 53, '75x53']);
  assert.match(
    drawn.infotext,
    /Size: 32x32, .*Denoising strength: 0.75, RNG: NV, Mask blur: 4, Inpaint area: Only masked, Masked area padding: 32$/,
  );
});

test('an empty mask has no area to draw, so the whole is drawn as without it, with a warning', async () => {
  const mask: MaskRequest = { image: flat(32, 24, 0), area: 'masked', content: 'fill' };
  const request = { ...small, mask, width: 32, height: 24 };
  const events = await collect(imageToImage(model, request));
  assert.ok(events[0].type === 'started' && /mask is empty/.test(events[0].warnings?.join() ?? ''));
  const drawn = events.find((event) => event.type === 'picture');
  assert.deepEqual(drawn?.image, (await draw({}))[0].image);
  assert.doesNotMatch(drawn?.infotext ?? '', /Inpaint area|Masked content/);
});

test('what the masked part starts from makes a difference', async () => {
  const image = maskOf(32, 24, (x) => x < 16);
  const drawn = new Set<string>();
  for (const content of ['original', 'fill', 'latent noise', 'latent nothing'] as const) {
    const [one] = await draw({ mask: { image, content, blur: 0 }, strength: 0.3 });
    drawn.add(Buffer.from(one.image.data).toString('base64'));
    const written = /Masked content: ([a-z ]+)/.exec(one.infotext)?.[1] ?? 'original';
    assert.equal(written, content);
  }
  assert.equal(drawn.size, 4);
});

test('the infotext has what a mask adds, in the order of A1111', async () => {
  const mask: MaskRequest = {
    image: maskOf(32, 24, (x) => x < 16),
    invert: true,
    blur: 3,
    area: 'masked',
    padding: 5,
    content: 'latent nothing',
  };
  const request = { mask, strength: 0.6, width: 32, height: 32, prompt: '(a)', emphasis: 'No norm' } as const;
  const [{ infotext }] = await draw(request, { version: 'v' });
  assert.equal(
    infotext,
    '(a)\nSteps: 4, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7.0, Seed: 5, Size: 32x32, ' +
      'Model: tiny, Denoising strength: 0.6, RNG: NV, Mask mode: Inpaint not masked, Mask blur: 3, ' +
      'Inpaint area: Only masked, Masked area padding: 5, Masked content: latent nothing, Emphasis: No norm, Version: v',
  );
});

test('a mask of another size is brought to the picture, or to the size asked for', async () => {
  const small = maskOf(8, 6, (x) => x < 4);
  const large = maskOf(32, 24, (x) => x < 16);
  for (const area of ['whole', 'masked'] as const) {
    const of = (image: RgbImage): MaskRequest => ({ image: fitImage(image, 'stretch', 32, 24), area });
    const [one] = await draw({ mask: { image: small, area }, width: 32, height: 24 });
    const [same] = await draw({ mask: of(small), width: 32, height: 24 });
    const [other] = await draw({ mask: of(large), width: 32, height: 24 });
    if (area === 'masked') assert.deepEqual(one.image, same.image);
    assert.notDeepEqual(one.image, other.image);
    assert.equal(sizeOf(one.image), '32x24');
  }
});

test('a mask returns itself and what was drawn under it, only where that was asked for', async () => {
  const image = maskOf(32, 24, (x) => x < 12);
  const returns = ['mask', 'composite'] as const;
  const usual = { image, blur: 2 };
  const [plain] = await draw({ mask: usual });
  assert.deepEqual([plain.mask, plain.composite], [undefined, undefined]);
  const [whole] = await draw({ mask: { ...usual, returns } });
  const { mask, composite } = whole;
  assert.ok(mask && composite);
  assert.deepEqual([sizeOf(mask), sizeOf(composite)], ['32x24', '32x24']);
  const greys = new Set(mask.data);
  assert.ok(greys.has(0) && greys.has(255) && greys.size > 3);
  // What was drawn is laid over the original as far as the mask says: the finished picture is both together.
  for (let i = 0; i < 32 * 24; i++) {
    const opacity: number = composite.data[4 * i + 3];
    assert.equal(opacity, mask.data[3 * i]);
    for (let c = 0; c < 3; c++) {
      const both = (composite.data[4 * i + c] * opacity + still.data[3 * i + c] * (255 - opacity)) / 255;
      assert.ok(
        Math.abs(whole.image.data[3 * i + c] - both) < 4,
        `${i}: ${whole.image.data[3 * i + c]}, ${both}`,
      );
    }
  }
  const [only] = await draw({ mask: { ...usual, returns: ['mask'], area: 'masked' }, width: 64, height: 64 });
  assert.equal(only.composite, undefined);
  // There half of the border does not count double.
  assert.ok(
    only.mask && only.mask.data.every((value, i) => Math.abs(2 * value - mask.data[i]) < 2 || value > 127),
  );
  assert.equal(sizeOf(only.mask), '32x24');
});

test('of an area that is left alone the composite is as large as that, of a soft mask it is as soft as what came', async () => {
  const image = maskOf(32, 24, (x) => x < 12);
  const returns = ['mask', 'composite'] as const;
  const area = { image, returns, area: 'masked', overlay: false } as const;
  const [alone] = await draw({ mask: area, width: 64, height: 64 });
  assert.ok(alone.mask && alone.composite);
  assert.deepEqual([sizeOf(alone.mask), sizeOf(alone.composite)], ['32x24', '64x64']);
  const usual = { image, returns, blur: 4 };
  const [hard] = await draw({ mask: usual });
  const [soft] = await draw({ mask: { ...usual, soft: {} } });
  const [softer] = await draw({ mask: { ...usual, soft: { differenceThreshold: 8 } } });
  assert.notDeepEqual(soft.mask, hard.mask);
  assert.notDeepEqual(softer.mask, soft.mask);
  const returned = ['mask', 'picture'] as unknown as MaskRequest['returns'];
  await assert.rejects(draw({ mask: { image, returns: returned } }), { code: 'request.invalid' });
});

test('a mask that is not rounded draws its border by halves', async () => {
  const mask: MaskRequest = { image: maskOf(32, 24, (x) => x < 12), blur: 3 };
  const [rounded] = await draw({ mask });
  const [soft] = await draw({ mask: { ...mask, round: false } });
  assert.notDeepEqual(soft.image, rounded.image);
});
